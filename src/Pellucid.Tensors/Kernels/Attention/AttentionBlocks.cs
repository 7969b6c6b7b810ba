using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Attention of a stretch of queries of one head, in blocks of queries by blocks of keys (FlashAttention; Dao et al. 2022,
/// arXiv:2205.14135): a block of keys gives scores, their exponentials about the largest so far, and its share of the weighted sum of
/// values; where a later block has a larger score, what was summed is scaled down. The arrays are transposed, unlike the paper's: queries
/// lie in the lanes of vectors, so that keys and values are packed once for all of them, largest scores and sums need no work across a
/// vector, and weights are used where they were written.
/// </summary>
internal readonly unsafe struct AttentionBlocks(AttentionArguments arguments, int stretch, long stretches) : IRangeKernel
{
    /// <summary>Keys in a block: its scores, 24 KB, stay in the first-level cache.</summary>
    private const int KeyBlock = 128;
    private const int Lanes = QueryBlock.Lanes;
    private const int Panel = Tile.PanelRows;

    private readonly AttentionArguments _arguments = arguments;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            long head = item / stretches % _arguments.Heads;
            long batch = item / stretches / _arguments.Heads;
            int first = (int)(item % stretches) * stretch;
            int last = Math.Min(first + stretch, _arguments.Queries);
            Workspace work = new(_arguments, _arguments.First(first), _arguments.Seen(last - 1));
            Pack(work, batch, head / (_arguments.Heads / _arguments.KeyHeads));
            for (int query = first; query < last; query += Lanes)
            {
                Attend<TSimd, TVector>(work, batch, head, new(_arguments, query, Math.Min(Lanes, last - query), TSimd.Width));
            }
        }
    }

    private void Pack(in Workspace work, long batch, long keyHead)
    {
        float* keys = _arguments.K + _arguments.StridesK.Offset(batch, work.FirstKey, keyHead);
        float* values = _arguments.V + _arguments.StridesV.Offset(batch, work.FirstKey, keyHead);
        Packing.PackRows(keys, _arguments.StridesK.Position, 1, work.Keys, _arguments.Size, work.KeyPanels);
        Packing.PackRows(values, 1, _arguments.StridesV.Position, _arguments.Size, work.Keys, work.ValuePanels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend<TSimd, TVector>(in Workspace work, long batch, long head, in QueryBlock block)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        float* q = _arguments.Q + _arguments.StridesQ.Offset(batch, block.First, head);
        Packing.PackColumns(q, 1, _arguments.StridesQ.Position, size, block.Count, work.Queries);
        ScaleOperation scaleQueries = new(_arguments.Scale);
        new UnaryKernel<ScaleOperation>(scaleQueries, work.Queries, work.Queries).Run<TSimd, TVector>(0, (long)size * Lanes);
        for (int lane = 0; lane < block.Width; lane += TSimd.Width)
        {
            TSimd.Store(work.Largest + lane, TSimd.Broadcast(float.MinValue));
            TSimd.Store(work.Sums + lane, TSimd.Broadcast(0));
        }

        new Span<float>(work.Mixed, size * Lanes).Clear();

        // Blocks of keys begin where panels do.
        int panel = block.FirstKey - ((block.FirstKey - work.FirstKey) % Panel);
        for (int key = panel; key < block.EndKey; key += KeyBlock)
        {
            int end = Math.Min(key + KeyBlock, block.EndKey);
            Score<TSimd, TVector>(work, block, key, end);
            Weigh<TSimd, TVector>(work, block, key, end);
            Mix<TSimd, TVector>(work, block, key, end);
        }

        for (int lane = 0; lane < block.Width; lane += TSimd.Width)
        {
            TVector factor = TSimd.Divide(TSimd.Broadcast(1), TSimd.Load(work.Sums + lane));
            Scale<TSimd, TVector>(work.Mixed + lane, size, factor);
        }

        float* z = _arguments.Z + _arguments.StridesZ.Offset(batch, block.First, head);
        Packing.Interleave(work.Mixed, Lanes, size, block.Count, z, _arguments.StridesZ.Position);
    }

    /// <summary>Scores [key][48] of a block of keys, where any query of a vector sees any key of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score<TSimd, TVector>(in Workspace work, in QueryBlock block, int first, int end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        for (int key = first; key < end; key += Panel)
        {
            int count = Math.Min(Panel, end - key);
            (int lane, int lastLane) = block.LanesOf(key, count);
            PanelProduct.Multiply<TSimd, TVector>(
                count, lastLane - lane, work.KeyPanels + ((nint)(key - work.FirstKey) * size), work.Queries + lane, Lanes, size,
                work.Scores + ((nint)(key - first) * Lanes) + lane, Lanes, false);
        }
    }

    /// <summary>Scores become weights; what was summed before is scaled down to the new largest scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh<TSimd, TVector>(in Workspace work, in QueryBlock block, int first, int end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int lane = 0; lane < block.Width; lane += TSimd.Width)
        {
            (int start, int stop) = block.KeysOf(lane, first, end);
            float* column = work.Scores + lane;
            float* scores = column + ((nint)(start - first) * Lanes);
            if (_arguments.SoftCap != 0)
            {
                LaneSoftmax.Cap<TSimd, TVector>(scores, null, stop - start, _arguments.SoftCap);
            }

            block.Mask<TSimd, TVector>(scores, lane, start, stop);
            TVector before = TSimd.Load(work.Largest + lane), sum = TSimd.Load(work.Sums + lane);
            TVector largest = LaneSoftmax.Largest<TSimd, TVector>(scores, stop - start, before);
            if (first > block.FirstKey && TSimd.GreaterMask(largest, before) != 0)
            {
                TVector factor = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(before, largest));
                sum = TSimd.Multiply(sum, factor);
                Scale<TSimd, TVector>(work.Mixed + lane, _arguments.Size, factor);
            }

            TSimd.Store(work.Largest + lane, largest);
            TSimd.Store(work.Sums + lane, LaneSoftmax.Exponentials<TSimd, TVector>(scores, stop - start, largest, sum));
            LaneSoftmax.Clear<TSimd, TVector>(column, start - first);
            LaneSoftmax.Clear<TSimd, TVector>(column + ((nint)(stop - first) * Lanes), end - stop);
        }
    }

    /// <summary>Adds Σ value · weight over a block of keys to the sums [d][48].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix<TSimd, TVector>(in Workspace work, in QueryBlock block, int first, int end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        int key = first;
        while (key < end)
        {
            (int next, int lane, int lastLane) = block.RunFrom(key, end);
            float* weights = work.Scores + ((nint)(key - first) * Lanes) + lane;
            for (int d = 0; d < size; d += Panel)
            {
                float* values = work.ValuePanels + ((nint)d * work.Keys) + ((nint)(key - work.FirstKey) * Panel);
                PanelProduct.Multiply<TSimd, TVector>(
                    Math.Min(Panel, size - d), lastLane - lane, values, weights, Lanes, next - key, work.Mixed + ((nint)d * Lanes) + lane,
                    Lanes, true);
            }

            key = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TSimd, TVector>(float* column, int rows, TVector factor)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int row = 0; row < rows; row++)
        {
            TSimd.Store(column, TSimd.Multiply(TSimd.Load(column), factor));
            column += Lanes;
        }
    }

    /// <summary>Where a stretch keeps its pieces within the thread's own buffer.</summary>
    private readonly struct Workspace
    {
        internal Workspace(in AttentionArguments arguments, int firstKey, int endKey)
        {
            FirstKey = firstKey;
            Keys = endKey - firstKey;
            nint size = arguments.Size;
            nint lanes = size * Lanes;
            Queries = Scratch.Rent(2, (2 * lanes) + ((KeyBlock + 2) * Lanes) + ((nint)Keys * (size + Panel)) + ((nint)Keys * size) + (2 * size * Panel));
            Mixed = Queries + lanes; // whole rows of 48 floats, so 64-byte aligned like what follows
            Scores = Mixed + lanes;
            Largest = Scores + (KeyBlock * Lanes);
            Sums = Largest + Lanes;
            KeyPanels = Sums + Lanes;
            ValuePanels = KeyPanels + (((nint)Keys + Panel) * size);
        }

        internal int FirstKey { get; }

        internal int Keys { get; }

        /// <summary>[d][48], times the scale.</summary>
        internal float* Queries { get; }

        /// <summary>[d][48], the weighted sums of the values.</summary>
        internal float* Mixed { get; }

        /// <summary>[key][48] of a block of keys.</summary>
        internal float* Scores { get; }

        /// <summary>[48], of the scores so far.</summary>
        internal float* Largest { get; }

        /// <summary>[48], of the weights so far.</summary>
        internal float* Sums { get; }

        /// <summary>[panel][d][8 keys].</summary>
        internal float* KeyPanels { get; }

        /// <summary>[panel][key][8 d].</summary>
        internal float* ValuePanels { get; }
    }
}
