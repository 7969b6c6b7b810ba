namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Attention without the array of scores: a few queries' scores at a time stay in the caches, like in FlashAttention (Dao et al. 2022,
/// arXiv:2205.14135), except that whole rows of scores are held, so that no running rescale is needed.
/// </summary>
internal static unsafe class AttentionKernel
{
    private const int FewQueries = 2;
    private const int LargeBlock = 256;
    private const int SmallBlock = 64;

    internal static void Run(in AttentionArguments arguments)
    {
        long heads = (long)arguments.Batch * arguments.Heads;
        long work = (long)arguments.Keys * arguments.Size;
        if (arguments.Queries <= FewQueries)
        {
            Dispatch.Run(new AttentionRows(arguments), heads * arguments.Queries, Math.Max(1, Dispatch.Grain / Math.Max(1, work)));
            return;
        }

        // A block packs its keys anew: large blocks, unless there are too few heads to share.
        int block = heads >= 16 ? LargeBlock : SmallBlock;
        long blocks = ((long)arguments.Queries + block - 1) / block;
        long grain = Math.Max(1, 4 * Dispatch.Grain / Math.Max(1, work * Math.Min(block, arguments.Queries)));
        Dispatch.Run(new AttentionBlocks(arguments, block, blocks), heads * blocks, grain);
    }
}
