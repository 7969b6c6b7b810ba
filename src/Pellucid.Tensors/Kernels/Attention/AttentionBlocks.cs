using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Attention of one block of queries of one head: keys are packed as the columns, values as the rows of a product, and both products
/// run eight queries at a time on <see cref="Tile"/>.
/// </summary>
internal readonly unsafe struct AttentionBlocks(AttentionArguments arguments, int block, long blocks) : IRangeKernel
{
    private const int Rows = Tile.PanelRows;
    private const int Panel = PackedMatrix.PanelWidth;

    private readonly AttentionArguments _arguments = arguments;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            long head = item / blocks % _arguments.Heads;
            long batch = item / blocks / _arguments.Heads;
            int first = (int)(item % blocks) * block;
            int last = Math.Min(first + block, _arguments.Queries);
            Workspace work = new(_arguments, _arguments.Seen(last - 1), TSimd.Width);
            PackKeys(work, batch, head);
            PackValues(work, batch, head);
            for (int query = first; query < last; query += Rows)
            {
                Attend<TSimd, TVector>(work, batch, head, query, Math.Min(Rows, last - query));
            }
        }
    }

    private void PackKeys(in Workspace work, long batch, long head)
    {
        float* keys = _arguments.K + _arguments.StridesK.Offset(batch, 0, head / (_arguments.Heads / _arguments.KeyHeads));
        nint stride = _arguments.StridesK.Position;
        for (int key = 0; key < work.Keys; key += Panel)
        {
            int count = Math.Min(Panel, work.Keys - key);
            Packing.PackColumns(keys + (key * stride), 1, stride, _arguments.Size, count, work.KeyPanels + ((nint)key * _arguments.Size));
        }
    }

    private void PackValues(in Workspace work, long batch, long head)
    {
        float* values = _arguments.V + _arguments.StridesV.Offset(batch, 0, head / (_arguments.Heads / _arguments.KeyHeads));
        float* target = work.Values;
        for (int key = 0; key < work.Keys; key++)
        {
            Unsafe.CopyBlockUnaligned(target, values + (key * _arguments.StridesV.Position), (uint)_arguments.Size * sizeof(float));
            new Span<float>(target + _arguments.Size, work.ValueWidth - _arguments.Size).Clear();
            target += work.ValueWidth;
        }
    }

    /// <summary>
    /// Up to eight queries: scores, their exponentials, and the weighted sum of values, divided by the sum of the weights last.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend<TSimd, TVector>(in Workspace work, long batch, long head, int query, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        float* q = _arguments.Q + _arguments.StridesQ.Offset(batch, query, head);
        Packing.Interleave(q, _arguments.StridesQ.Position, count, size, work.Queries, Rows);
        ScaleOperation scaleQueries = new(_arguments.Scale);
        new UnaryKernel<ScaleOperation>(scaleQueries, work.Queries, work.Queries).Run<TSimd, TVector>(0, size * Rows);
        int seen = _arguments.Seen(query + count - 1);
        for (int row = 0; row < count; row += TSimd.TileRows)
        {
            int rows = Math.Min(TSimd.TileRows, count - row);
            for (int key = 0; key < seen; key += 3 * TSimd.Width)
            {
                float* panel = work.KeyPanels + ((nint)(key / Panel) * Panel * size) + (key % Panel);
                float* scores = work.Scores + ((nint)row * work.ScoreWidth) + key;
                Tiles.Multiply<TSimd, TVector>(rows, 3, work.Queries + row, panel, Panel, size, scores, work.ScoreWidth, false, null);
            }
        }

        float* factors = stackalloc float[Rows];
        for (int row = 0; row < count; row++)
        {
            float* scores = work.Scores + ((nint)row * work.ScoreWidth);
            int own = _arguments.Seen(query + row);
            factors[row] = 1 / Softmax.Exponentials<TSimd, TVector>(scores, scores, own);
            new Span<float>(scores + own, seen - own).Clear();
        }

        Packing.Interleave(work.Scores, work.ScoreWidth, count, seen, work.Weights, Rows);
        for (int row = 0; row < count; row += TSimd.TileRows)
        {
            int rows = Math.Min(TSimd.TileRows, count - row);
            for (int column = 0; column < work.ValueWidth; column += 3 * TSimd.Width)
            {
                int vectors = Math.Min(3, (work.ValueWidth - column) / TSimd.Width);
                float* mixed = work.Mixed + (row * work.ValueWidth) + column;
                Tiles.Multiply<TSimd, TVector>(
                    rows, vectors, work.Weights + row, work.Values + column, work.ValueWidth, seen, mixed, work.ValueWidth, false, null);
            }
        }

        for (int row = 0; row < count; row++)
        {
            float* z = _arguments.Z + _arguments.StridesZ.Offset(batch, query + row, head);
            ScaleOperation scale = new(factors[row]);
            new UnaryKernel<ScaleOperation>(scale, work.Mixed + (row * work.ValueWidth), z).Run<TSimd, TVector>(0, size);
        }
    }

    /// <summary>Where a block keeps its pieces within the thread's own buffer.</summary>
    private readonly struct Workspace
    {
        internal Workspace(in AttentionArguments arguments, int keys, int vectorWidth)
        {
            Keys = keys;
            ScoreWidth = (keys + Panel - 1) / Panel * Panel;
            ValueWidth = (arguments.Size + vectorWidth - 1) / vectorWidth * vectorWidth;
            nint panels = (nint)ScoreWidth * arguments.Size;
            nint values = (nint)keys * ValueWidth;
            nint mixed = (nint)Rows * ValueWidth;
            nint scores = (nint)Rows * ScoreWidth;
            KeyPanels = Scratch.Rent(2, panels + values + mixed + (2 * scores) + ((nint)Rows * arguments.Size));
            Scores = KeyPanels + panels; // a multiple of 48 floats, so 64-byte aligned like what follows
            Weights = Scores + scores;
            Queries = Weights + scores;
            Mixed = Queries + ((nint)Rows * arguments.Size);
            Values = Mixed + mixed;
        }

        internal int Keys { get; }

        internal int ScoreWidth { get; }

        internal int ValueWidth { get; }

        /// <summary>[panel][d][48].</summary>
        internal float* KeyPanels { get; }

        /// <summary>[8, ScoreWidth].</summary>
        internal float* Scores { get; }

        /// <summary>The exponentials of the scores, [key][8].</summary>
        internal float* Weights { get; }

        /// <summary>[d][8].</summary>
        internal float* Queries { get; }

        /// <summary>[8, ValueWidth].</summary>
        internal float* Mixed { get; }

        /// <summary>[key, ValueWidth].</summary>
        internal float* Values { get; }
    }
}
