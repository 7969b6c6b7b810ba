using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// One row of a product, over the columns of one panel: memory decides the speed, and panels that follow each other are one stream that
/// processors read ahead by themselves (prefetching, or two and four panels at a time, were no faster). Three sums of sixteen lanes, or six of
/// fewer, are enough to be waiting for memory; splitting k for more of them would make the bits differ from those of <see cref="Tile"/>.
/// </summary>
internal static unsafe class RowTile
{
    /// <summary>Columns that a call computes: a whole panel, or half of it where vectors have four lanes.</summary>
    internal static int Columns<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        (Six<TSimd, TVector>() ? 6 : 3) * TSimd.Width;

    /// <summary>c = (c or 0) (+ bias) + a · b for the columns from <paramref name="b"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TSimd, TVector, TStorage>(float* a, byte* b, nint depth, float* c, bool add, float* bias)
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
            if (Six<TSimd, TVector>())
            {
                c3 = TSimd.Load(bias + (3 * TSimd.Width));
                c4 = TSimd.Load(bias + (4 * TSimd.Width));
                c5 = TSimd.Load(bias + (5 * TSimd.Width));
            }
        }

        if (add)
        {
            c0 = TSimd.Add(TSimd.Load(c), c0);
            c1 = TSimd.Add(TSimd.Load(c + TSimd.Width), c1);
            c2 = TSimd.Add(TSimd.Load(c + (2 * TSimd.Width)), c2);
            if (Six<TSimd, TVector>())
            {
                c3 = TSimd.Add(TSimd.Load(c + (3 * TSimd.Width)), c3);
                c4 = TSimd.Add(TSimd.Load(c + (4 * TSimd.Width)), c4);
                c5 = TSimd.Add(TSimd.Load(c + (5 * TSimd.Width)), c5);
            }
        }

        for (; depth > 0; depth--)
        {
            TVector value = TSimd.Broadcast(*a);
            c0 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, 0), c0);
            c1 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, TSimd.Width), c1);
            c2 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, 2 * TSimd.Width), c2);
            if (Six<TSimd, TVector>())
            {
                c3 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, 3 * TSimd.Width), c3);
                c4 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, 4 * TSimd.Width), c4);
                c5 = TSimd.MultiplyAdd(value, TStorage.Load<TSimd, TVector>(b, 5 * TSimd.Width), c5);
            }

            a++;
            b += PackedMatrix.PanelWidth * TStorage.Size;
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + TSimd.Width, c1);
        TSimd.Store(c + (2 * TSimd.Width), c2);
        if (Six<TSimd, TVector>())
        {
            TSimd.Store(c + (3 * TSimd.Width), c3);
            TSimd.Store(c + (4 * TSimd.Width), c4);
            TSimd.Store(c + (5 * TSimd.Width), c5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Six<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        3 * TSimd.Width < PackedMatrix.PanelWidth;
}
