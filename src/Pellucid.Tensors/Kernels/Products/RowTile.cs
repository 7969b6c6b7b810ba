using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// One row of a product, over two groups of three vectors of columns: six independent sums hide the latency of multiply-add, which
/// splitting k would do too, but then the bits would differ from those of <see cref="Tile"/>.
/// </summary>
internal static unsafe class RowTile
{
    private const int PrefetchBytes = 2048; // twice and four times as far were no faster
    private const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TSimd, TVector, TStorage>(
        float* a, byte* first, byte* second, nint depth, float* c, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TStorage : struct, IPanelStorage
    {
        TVector c0 = TSimd.Broadcast(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
        if (bias != null)
        {
            c0 = TSimd.Load(bias);
            c1 = TSimd.Load(bias + TSimd.Width);
            c2 = TSimd.Load(bias + (2 * TSimd.Width));
            c3 = TSimd.Load(bias + (3 * TSimd.Width));
            c4 = TSimd.Load(bias + (4 * TSimd.Width));
            c5 = TSimd.Load(bias + (5 * TSimd.Width));
        }

        if (add)
        {
            c0 = TSimd.Add(TSimd.Load(c), c0);
            c1 = TSimd.Add(TSimd.Load(c + TSimd.Width), c1);
            c2 = TSimd.Add(TSimd.Load(c + (2 * TSimd.Width)), c2);
            c3 = TSimd.Add(TSimd.Load(c + (3 * TSimd.Width)), c3);
            c4 = TSimd.Add(TSimd.Load(c + (4 * TSimd.Width)), c4);
            c5 = TSimd.Add(TSimd.Load(c + (5 * TSimd.Width)), c5);
        }

        for (nint k = depth; k > 0; k--)
        {
            TVector value = TSimd.Broadcast(*a);
            for (int line = 0; line < 3 * TSimd.Width * TStorage.Size; line += Line)
            {
                TSimd.Prefetch((float*)(first + PrefetchBytes + line));
                TSimd.Prefetch((float*)(second + PrefetchBytes + line));
            }

            c0 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(first, 0), c0);
            c1 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(first, TSimd.Width), c1);
            c2 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(first, 2 * TSimd.Width), c2);
            c3 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(second, 0), c3);
            c4 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(second, TSimd.Width), c4);
            c5 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(second, 2 * TSimd.Width), c5);
            a++;
            first += PackedMatrix.PanelWidth * TStorage.Size;
            second += PackedMatrix.PanelWidth * TStorage.Size;
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + TSimd.Width, c1);
        TSimd.Store(c + (2 * TSimd.Width), c2);
        TSimd.Store(c + (3 * TSimd.Width), c3);
        TSimd.Store(c + (4 * TSimd.Width), c4);
        TSimd.Store(c + (5 * TSimd.Width), c5);
    }
}
