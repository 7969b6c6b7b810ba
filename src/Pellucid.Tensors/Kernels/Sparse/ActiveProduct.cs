// Products of a matrix that is half zeros with a dense one, over the places that are not zero only: Y [n, width] = A [n, depth] · B [depth, width],
//   Y_r = Σ_k A_rk B_k over k in order, where A_rk ≠ 0.
// A dense product of register tiles cannot leave zeros out, as a row of its tile has others' zeros. Here a tile is one row of Y, eight vectors
// wide: it stays in registers while the bits of a mask of 48 places are taken one by one, each a broadcast and eight fused multiply-adds
// whose other operand is in the first cache: a block of B, 48 rows by eight vectors (24 KB with AVX-512), which serves all rows of Y that a part
// has, whose sums are in the second cache. Each multiply-add loads, so that the bound is a load a cycle.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Parts are runs of rows of Y; each goes through the whole depth in blocks of 48.</summary>
internal readonly unsafe struct ActiveProduct(ActiveProductArguments arguments) : IRangeKernel
{
    /// <summary>Depth of a block, and bits of a mask.</summary>
    internal const int Depth = PackedMatrix.PanelWidth;

    /// <summary>Vectors of a row of a block.</summary>
    internal const int Vectors = 8;

    private const long MostSums = 4 * Depth * 768; // floats that fit the second cache beside what passes through it

    /// <summary>Rows of a part: whole panels, few enough that their sums stay in the second cache.</summary>
    internal static int RowsOfPart(int rows, int width)
    {
        long panels = Math.Min(MostSums / Depth / Math.Max(1, width), (rows + (8L * Depth) - 1) / (8 * Depth));
        return (int)Math.Max(1, panels) * Depth;
    }

    internal static void Run(in ActiveProductArguments arguments)
    {
        int rows = RowsOfPart(arguments.Rows, arguments.Width);
        Dispatch.Run(new ActiveProduct(arguments), (arguments.Rows + rows - 1) / rows, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int columns = Vectors * TSimd.Width, strips = (arguments.Width + columns - 1) / columns, most = RowsOfPart(arguments.Rows, arguments.Width);
        nint strip = (nint)most * columns, block = (nint)Depth * columns;
        long turned = arguments.Turned ? most * (long)Depth : 0;
        float* sums = Scratch.Rent(3, (strips * (long)strip) + turned + (2L * most));
        float* turning = sums + (strips * strip);
        ulong* masks = (ulong*)(turning + turned);
        for (long part = start; part < end; part++)
        {
            int first = (int)part * most, rows = Math.Min(most, arguments.Rows - first);
            new Span<float>(sums, checked((int)(strips * strip))).Clear();
            if (arguments.Totals != null)
            {
                new Span<double>(arguments.Totals + first, rows).Clear();
            }

            for (int k = 0; k < arguments.Depth; k += Depth)
            {
                float* a = arguments.Turned ? Turn(first, rows, k, turning) : arguments.A + ((((nint)(k / Depth) * arguments.Rows) + first) * Depth);
                Mask<TSimd, TVector>(a, rows, masks, arguments.Totals == null ? null : arguments.Totals + first);
                float* b = arguments.Blocks + ((nint)(k / Depth) * strips * block);
                for (int index = 0; index < strips; index++, b += block)
                {
                    Add<TSimd, TVector>(sums + (index * strip), a, masks, rows, b);
                }
            }

            for (int index = 0; index < strips; index++)
            {
                int width = Math.Min(columns, arguments.Width - (index * columns));
                for (int row = 0; row < rows; row++)
                {
                    float* from = sums + (index * strip) + ((nint)row * columns);
                    new Span<float>(from, width).CopyTo(new Span<float>(arguments.Y + ((nint)(first + row) * arguments.Width) + (index * columns), width));
                }
            }
        }
    }

    /// <summary>A block of Aᵀ [depth 48, rows], which lies in panels [panel][depth][48], turned to [rows][48]; zeros where the depth ends.</summary>
    private float* Turn(int first, int rows, int k, float* to)
    {
        int depth = Math.Min(Depth, arguments.Depth - k);
        for (int row = 0; row < rows; row += Depth, to += Depth * Depth)
        {
            if (depth < Depth)
            {
                new Span<float>(to, Depth * Depth).Clear();
            }

            float* from = arguments.A + ((nint)(first + row) * arguments.Depth) + ((nint)k * Depth);
            Packing.Interleave(from, Depth, depth, Depth, to, Depth);
        }

        return to - ((nint)((rows + Depth - 1) / Depth) * Depth * Depth);
    }

    /// <summary>A bit for each place that is not zero; the sums and numbers of these go to each row's totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mask<TSimd, TVector>(float* a, int rows, ulong* masks, double* totals)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0);
        for (int row = 0; row < rows; row++, a += Depth)
        {
            ulong mask = 0;
            TVector sum = zero;
            for (int column = 0; column < Depth; column += TSimd.Width)
            {
                TVector value = TSimd.Load(a + column);
                sum = TSimd.Add(sum, value);
                mask |= (ulong)(TSimd.GreaterMask(value, zero) | TSimd.GreaterMask(zero, value)) << column;
            }

            masks[row] = mask;
            if (totals != null)
            {
                totals[row] += TSimd.Sum(sum);
            }
        }
    }

    /// <summary>
    /// A strip of a part's sums and a block of B. Meanwhile the next block, which follows in memory, is fetched into the second cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TSimd, TVector>(float* to, float* a, ulong* masks, int rows, float* block)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int line = 16;
        int w = TSimd.Width;
        nint length = (nint)Depth * Vectors * w, share = ((length / line) + rows - 1) / rows * line;
        float* next = block + length;
        for (int row = 0; row < rows; row++, to += Vectors * w, a += Depth)
        {
            for (float* end = next + share; Sse.IsSupported && next < end; next += line)
            {
                Sse.Prefetch1(next);
            }

            TVector c0 = TSimd.Load(to), c1 = TSimd.Load(to + w), c2 = TSimd.Load(to + (2 * w)), c3 = TSimd.Load(to + (3 * w));
            TVector c4 = TSimd.Load(to + (4 * w)), c5 = TSimd.Load(to + (5 * w)), c6 = TSimd.Load(to + (6 * w)), c7 = TSimd.Load(to + (7 * w));
            for (ulong mask = masks[row]; mask != 0; mask &= mask - 1)
            {
                nint k = BitOperations.TrailingZeroCount(mask);
                TVector factor = TSimd.Broadcast(a[k]);
                float* b = block + (k * Vectors * w);
                c0 = TSimd.MultiplyAdd(factor, TSimd.Load(b), c0);
                c1 = TSimd.MultiplyAdd(factor, TSimd.Load(b + w), c1);
                c2 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (2 * w)), c2);
                c3 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (3 * w)), c3);
                c4 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (4 * w)), c4);
                c5 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (5 * w)), c5);
                c6 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (6 * w)), c6);
                c7 = TSimd.MultiplyAdd(factor, TSimd.Load(b + (7 * w)), c7);
            }

            TSimd.Store(to, c0);
            TSimd.Store(to + w, c1);
            TSimd.Store(to + (2 * w), c2);
            TSimd.Store(to + (3 * w), c3);
            TSimd.Store(to + (4 * w), c4);
            TSimd.Store(to + (5 * w), c5);
            TSimd.Store(to + (6 * w), c6);
            TSimd.Store(to + (7 * w), c7);
        }
    }
}
