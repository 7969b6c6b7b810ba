namespace Pellucid.Tensors.Kernels;

/// <summary>Attention without the array of scores, and its gradient.</summary>
internal static unsafe class AttentionKernel
{
    private const int FewQueries = 2;
    private const int WantedItems = 12;
    private const int LeastStretch = 2 * QueryBlock.Lanes;

    /// <summary>Writes z. A query's bits depend on its keys and on where it stands among the queries.</summary>
    internal static void Run(in AttentionArguments arguments)
    {
        long heads = (long)arguments.Batch * arguments.Heads;
        long work = (long)arguments.Keys * arguments.Size;
        if (arguments.Queries <= FewQueries)
        {
            Dispatch.Run(new AttentionRows(arguments), heads * arguments.Queries, Math.Max(1, Dispatch.Grain / Math.Max(1, work)));
            return;
        }

        // Every stretch of queries packs its keys anew: whole heads, unless there are too few of them to share.
        int stretch = (arguments.Queries + QueryBlock.Lanes - 1) / QueryBlock.Lanes * QueryBlock.Lanes;
        while (stretch > LeastStretch && heads * ((arguments.Queries + stretch - 1) / stretch) < WantedItems)
        {
            stretch = (stretch / 2 + QueryBlock.Lanes - 1) / QueryBlock.Lanes * QueryBlock.Lanes;
        }

        long stretches = ((long)arguments.Queries + stretch - 1) / stretch;
        long grain = Math.Max(1, 4 * Dispatch.Grain / Math.Max(1, work * Math.Min(stretch, arguments.Queries)));
        Dispatch.Run(new AttentionBlocks(arguments, stretch, stretches), heads * stretches, grain);
    }

    /// <summary>
    /// Writes dQ, dK and dV, which have the strides of Q, K and V, from dZ, which has those of Z. The arguments are those of the forward
    /// pass, and their Z holds what it wrote. Nothing else need have been kept.
    /// </summary>
    internal static void Gradient(in AttentionArguments arguments, float* dZ, float* dQ, float* dK, float* dV)
    {
        long work = (long)arguments.Queries * arguments.Keys * arguments.Size * (arguments.Heads / Math.Max(1, arguments.KeyHeads));
        long grain = Math.Max(1, 2 * Dispatch.Grain / Math.Max(1, work));
        Dispatch.Run(new AttentionGradient(arguments, dZ, dQ, dK, dV), (long)arguments.Batch * arguments.KeyHeads, grain);
    }
}
