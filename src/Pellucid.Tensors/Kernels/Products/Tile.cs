using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The innermost loop of every product: C[rows, columns] = (C or 0) (+ bias) + A·B for up to eight rows and three vectors of columns, all
/// held in registers. The accumulators are named locals because in an array they would live in memory (half the speed). The row and
/// column counts are types, so that the compiler drops what a smaller tile does not have. Every element is summed over k in order,
/// starting from its initial value, so its bits do not depend on the tile that computed it.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Rows of one packed panel of A: <c>[k][8]</c>.</summary>
    internal const int PanelRows = 8;

    /// <summary>Bytes of a cache line.</summary>
    internal const int Line = 64;

    private const int PrefetchBytes = 4096; // the processor's own prefetching stops at the end of a page

    /// <summary>
    /// Reads a packed panel of A and, from <paramref name="b"/> on, rows of B that are <paramref name="strideB"/> floats apart; writes the
    /// tile of C, or adds to it. The bias, if not null, is added to every row. From <paramref name="next"/> on, a line for each k, the caches
    /// are given what will be read soon; it may be any address.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TSimd, TVector, TStorage, TRows, TColumns>(
        float* a, byte* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias, byte* next, nint nextStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TStorage : struct, IPanelStorage
        where TRows : struct, IConstant
        where TColumns : struct, IConstant
    {
        TVector zero = TSimd.Broadcast(0);
        TVector c00 = zero, c01 = zero, c02 = zero;
        TVector c10 = zero, c11 = zero, c12 = zero;
        TVector c20 = zero, c21 = zero, c22 = zero;
        TVector c30 = zero, c31 = zero, c32 = zero;
        TVector c40 = zero, c41 = zero, c42 = zero;
        TVector c50 = zero, c51 = zero, c52 = zero;
        TVector c60 = zero, c61 = zero, c62 = zero;
        TVector c70 = zero, c71 = zero, c72 = zero;
        if (bias != null)
        {
            c00 = TSimd.Load(bias);
            c01 = TColumns.Value > 1 ? TSimd.Load(bias + TSimd.Width) : zero;
            c02 = TColumns.Value > 2 ? TSimd.Load(bias + (2 * TSimd.Width)) : zero;
            c10 = c20 = c30 = c40 = c50 = c60 = c70 = c00;
            c11 = c21 = c31 = c41 = c51 = c61 = c71 = c01;
            c12 = c22 = c32 = c42 = c52 = c62 = c72 = c02;
        }

        if (add)
        {
            float* row = c;
            Add<TSimd, TVector, TRows, TColumns>(0, ref row, strideC, ref c00, ref c01, ref c02);
            Add<TSimd, TVector, TRows, TColumns>(1, ref row, strideC, ref c10, ref c11, ref c12);
            Add<TSimd, TVector, TRows, TColumns>(2, ref row, strideC, ref c20, ref c21, ref c22);
            Add<TSimd, TVector, TRows, TColumns>(3, ref row, strideC, ref c30, ref c31, ref c32);
            Add<TSimd, TVector, TRows, TColumns>(4, ref row, strideC, ref c40, ref c41, ref c42);
            Add<TSimd, TVector, TRows, TColumns>(5, ref row, strideC, ref c50, ref c51, ref c52);
            Add<TSimd, TVector, TRows, TColumns>(6, ref row, strideC, ref c60, ref c61, ref c62);
            Add<TSimd, TVector, TRows, TColumns>(7, ref row, strideC, ref c70, ref c71, ref c72);
        }

        for (nint k = depth; k > 0; k--)
        {
            for (int line = 0; line < TColumns.Value * TSimd.Width * TStorage.Size; line += Line)
            {
                TSimd.Prefetch((float*)(b + PrefetchBytes + line));
            }

            TSimd.Prefetch((float*)next);
            next += nextStep;
            TVector b0 = TStorage.Load<TSimd, TVector>(b, 0);
            TVector b1 = TColumns.Value > 1 ? TStorage.Load<TSimd, TVector>(b, TSimd.Width) : zero;
            TVector b2 = TColumns.Value > 2 ? TStorage.Load<TSimd, TVector>(b, 2 * TSimd.Width) : zero;
            TVector a0 = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(a0, b0, c00);
            c01 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a0, b1, c01) : zero;
            c02 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a0, b2, c02) : zero;

            if (TRows.Value > 1)
            {
                TVector a1 = TSimd.Broadcast(a[1]);
                c10 = TSimd.MultiplyAdd(a1, b0, c10);
                c11 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a1, b1, c11) : zero;
                c12 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a1, b2, c12) : zero;
            }

            if (TRows.Value > 2)
            {
                TVector a2 = TSimd.Broadcast(a[2]);
                c20 = TSimd.MultiplyAdd(a2, b0, c20);
                c21 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a2, b1, c21) : zero;
                c22 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a2, b2, c22) : zero;
            }

            if (TRows.Value > 3)
            {
                TVector a3 = TSimd.Broadcast(a[3]);
                c30 = TSimd.MultiplyAdd(a3, b0, c30);
                c31 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a3, b1, c31) : zero;
                c32 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a3, b2, c32) : zero;
            }

            if (TRows.Value > 4)
            {
                TVector a4 = TSimd.Broadcast(a[4]);
                c40 = TSimd.MultiplyAdd(a4, b0, c40);
                c41 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a4, b1, c41) : zero;
                c42 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a4, b2, c42) : zero;
            }

            if (TRows.Value > 5)
            {
                TVector a5 = TSimd.Broadcast(a[5]);
                c50 = TSimd.MultiplyAdd(a5, b0, c50);
                c51 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a5, b1, c51) : zero;
                c52 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a5, b2, c52) : zero;
            }

            if (TRows.Value > 6)
            {
                TVector a6 = TSimd.Broadcast(a[6]);
                c60 = TSimd.MultiplyAdd(a6, b0, c60);
                c61 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a6, b1, c61) : zero;
                c62 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a6, b2, c62) : zero;
            }

            if (TRows.Value > 7)
            {
                TVector a7 = TSimd.Broadcast(a[7]);
                c70 = TSimd.MultiplyAdd(a7, b0, c70);
                c71 = TColumns.Value > 1 ? TSimd.MultiplyAdd(a7, b1, c71) : zero;
                c72 = TColumns.Value > 2 ? TSimd.MultiplyAdd(a7, b2, c72) : zero;
            }

            a += PanelRows;
            b += strideB * TStorage.Size;
        }

        float* target = c;
        Store<TSimd, TVector, TRows, TColumns>(0, ref target, strideC, c00, c01, c02);
        Store<TSimd, TVector, TRows, TColumns>(1, ref target, strideC, c10, c11, c12);
        Store<TSimd, TVector, TRows, TColumns>(2, ref target, strideC, c20, c21, c22);
        Store<TSimd, TVector, TRows, TColumns>(3, ref target, strideC, c30, c31, c32);
        Store<TSimd, TVector, TRows, TColumns>(4, ref target, strideC, c40, c41, c42);
        Store<TSimd, TVector, TRows, TColumns>(5, ref target, strideC, c50, c51, c52);
        Store<TSimd, TVector, TRows, TColumns>(6, ref target, strideC, c60, c61, c62);
        Store<TSimd, TVector, TRows, TColumns>(7, ref target, strideC, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector, TRows, TColumns>(
        int index, ref float* row, nint stride, ref TVector first, ref TVector second, ref TVector third)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
        where TColumns : struct, IConstant
    {
        if (TRows.Value > index)
        {
            first = TSimd.Add(TSimd.Load(row), first);
            if (TColumns.Value > 1)
            {
                second = TSimd.Add(TSimd.Load(row + TSimd.Width), second);
            }

            if (TColumns.Value > 2)
            {
                third = TSimd.Add(TSimd.Load(row + (2 * TSimd.Width)), third);
            }

            row += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector, TRows, TColumns>(
        int index, ref float* row, nint stride, TVector first, TVector second, TVector third)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
        where TColumns : struct, IConstant
    {
        if (TRows.Value > index)
        {
            TSimd.Store(row, first);
            if (TColumns.Value > 1)
            {
                TSimd.Store(row + TSimd.Width, second);
            }

            if (TColumns.Value > 2)
            {
                TSimd.Store(row + (2 * TSimd.Width), third);
            }

            row += stride;
        }
    }
}
