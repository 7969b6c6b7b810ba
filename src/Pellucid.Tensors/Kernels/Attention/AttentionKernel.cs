using System.Runtime.InteropServices;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>Attention without the array of scores, and its gradient.</summary>
internal static unsafe class AttentionKernel
{
    private const int FewQueries = 2;
    private const int WantedItems = 12;
    private const int LeastStretch = 2 * QueryBlock.Lanes;

    /// <summary>
    /// Writes z, of each sequence from its own keys alone: ranges [batch, 2] hold their first and their end, null for all. Padding is so cut off
    /// before anything is computed, and a sequence has the same bits with it and without. The z of a query that sees no key is 0.
    /// </summary>
    internal static void Run(in AttentionArguments arguments, int* ranges)
    {
        if (ranges == null || MemoryPlan.Current is not null)
        {
            Run(arguments);
            return;
        }

        for (int item = 0, count; item < arguments.Batch; item += count)
        {
            count = Alike(arguments, ranges, item);
            AttentionArguments own = arguments.Within(item, count, ranges[2 * item], ranges[(2 * item) + 1], out int first);
            ClearRows(arguments.Z, arguments.StridesZ, (item, count), 0, first, arguments.Heads, arguments.Size);
            ClearRows(arguments.Z, arguments.StridesZ, (item, count), first + own.Queries, arguments.Queries, arguments.Heads, arguments.Size);
            if (own.Queries > 0)
            {
                Run(own);
            }
        }
    }

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

    /// <summary>The gradient where each sequence sees only its own range of keys; that of all else is 0.</summary>
    internal static void Gradient(in AttentionArguments arguments, int* ranges, float* dZ, float* dQ, float* dK, float* dV)
    {
        if (ranges == null || MemoryPlan.Current is not null)
        {
            Gradient(arguments, dZ, dQ, dK, dV);
            return;
        }

        (int heads, int keyHeads, int size) = (arguments.Heads, arguments.KeyHeads, arguments.Size);
        for (int item = 0, count; item < arguments.Batch; item += count)
        {
            count = Alike(arguments, ranges, item);
            (int firstKey, int endKey) = (ranges[2 * item], ranges[(2 * item) + 1]);
            AttentionArguments own = arguments.Within(item, count, firstKey, endKey, out int first);
            bool any = own.Queries > 0;
            ClearRows(dQ, arguments.StridesQ, (item, count), 0, first, heads, size);
            ClearRows(dQ, arguments.StridesQ, (item, count), first + own.Queries, arguments.Queries, heads, size);
            int unseen = any ? firstKey : arguments.Keys, after = any ? endKey : arguments.Keys;
            ClearRows(dK, arguments.StridesK, (item, count), 0, unseen, keyHeads, size);
            ClearRows(dK, arguments.StridesK, (item, count), after, arguments.Keys, keyHeads, size);
            ClearRows(dV, arguments.StridesV, (item, count), 0, unseen, keyHeads, size);
            ClearRows(dV, arguments.StridesV, (item, count), after, arguments.Keys, keyHeads, size);

            if (any)
            {
                Gradient(
                    own, dZ + arguments.StridesZ.Offset(item, first, 0), dQ + arguments.StridesQ.Offset(item, first, 0),
                    dK + arguments.StridesK.Offset(item, firstKey, 0), dV + arguments.StridesV.Offset(item, firstKey, 0));
            }
        }
    }

    /// <summary>How many sequences from one on have the same range of keys.</summary>
    private static int Alike(in AttentionArguments arguments, int* ranges, int item)
    {
        int end = item + 1;
        while (end < arguments.Batch && ranges[2 * end] == ranges[2 * item] && ranges[(2 * end) + 1] == ranges[(2 * item) + 1])
        {
            end++;
        }

        return end - item;
    }

    private static void ClearRows(float* x, HeadStrides strides, (int First, int Count) items, int first, int end, int heads, int size)
    {
        for (int row = 0; row < items.Count * (end - first) * heads; row++)
        {
            (int item, int position, int head) = (row / heads / (end - first), row / heads % (end - first), row % heads);
            NativeMemory.Clear(x + strides.Offset(items.First + item, first + position, head), (nuint)size * sizeof(float));
        }
    }
}
