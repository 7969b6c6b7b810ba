using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The innermost loop of the screen: C [rows, 3 vectors] = A · B in 16-bit integers, summed exactly in 32 bits, for two or eight rows. As in
/// <see cref="Tile"/> the accumulators are named locals and the number of rows is a type. Four products, then their four sums: with a sum
/// behind each product the processor's ports are shared less well (169 against 195 Gop/s on a core whose peak is 234), and six need more
/// registers than there are.
/// </summary>
internal static unsafe class ScreenTile
{
    /// <param name="a">A panel of A, [pair][8].</param>
    /// <param name="b">A panel of B, [pair][48], from the first column of the tile on.</param>
    /// <param name="pairs">Half of the depth.</param>
    /// <param name="c">Rows of 48, as floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TScreen, TVector, TRows>(int* a, int* b, nint pairs, float* c)
        where TScreen : struct, IScreenSimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
    {
        TVector c00 = default, c01 = default, c02 = default;
        TVector c10 = default, c11 = default, c12 = default;
        TVector c20 = default, c21 = default, c22 = default;
        TVector c30 = default, c31 = default, c32 = default;
        TVector c40 = default, c41 = default, c42 = default;
        TVector c50 = default, c51 = default, c52 = default;
        TVector c60 = default, c61 = default, c62 = default;
        TVector c70 = default, c71 = default, c72 = default;
        for (nint pair = pairs; pair > 0; pair--)
        {
            TVector b0 = TScreen.Load(b), b1 = TScreen.Load(b + TScreen.Width), b2 = TScreen.Load(b + (2 * TScreen.Width));
            TVector a0 = TScreen.Broadcast(a);
            TVector p00 = TScreen.Multiply(a0, b0);
            TVector p01 = TScreen.Multiply(a0, b1);
            TVector p02 = TScreen.Multiply(a0, b2);
            TVector a1 = TScreen.Broadcast(a + 1);
            TVector p10 = TScreen.Multiply(a1, b0);
            c00 = TScreen.Add(c00, p00);
            c01 = TScreen.Add(c01, p01);
            c02 = TScreen.Add(c02, p02);
            c10 = TScreen.Add(c10, p10);

            TVector p11 = TScreen.Multiply(a1, b1);
            TVector p12 = TScreen.Multiply(a1, b2);
            c11 = TScreen.Add(c11, p11);
            c12 = TScreen.Add(c12, p12);

            if (TRows.Value > 2)
            {
                TVector a2 = TScreen.Broadcast(a + 2);
                TVector p20 = TScreen.Multiply(a2, b0);
                TVector p21 = TScreen.Multiply(a2, b1);
                TVector p22 = TScreen.Multiply(a2, b2);
                TVector a3 = TScreen.Broadcast(a + 3);
                TVector p30 = TScreen.Multiply(a3, b0);
                c20 = TScreen.Add(c20, p20);
                c21 = TScreen.Add(c21, p21);
                c22 = TScreen.Add(c22, p22);
                c30 = TScreen.Add(c30, p30);

                TVector p31 = TScreen.Multiply(a3, b1);
                TVector p32 = TScreen.Multiply(a3, b2);
                TVector a4 = TScreen.Broadcast(a + 4);
                TVector p40 = TScreen.Multiply(a4, b0);
                TVector p41 = TScreen.Multiply(a4, b1);
                c31 = TScreen.Add(c31, p31);
                c32 = TScreen.Add(c32, p32);
                c40 = TScreen.Add(c40, p40);
                c41 = TScreen.Add(c41, p41);

                TVector p42 = TScreen.Multiply(a4, b2);
                TVector a5 = TScreen.Broadcast(a + 5);
                TVector p50 = TScreen.Multiply(a5, b0);
                TVector p51 = TScreen.Multiply(a5, b1);
                TVector p52 = TScreen.Multiply(a5, b2);
                c42 = TScreen.Add(c42, p42);
                c50 = TScreen.Add(c50, p50);
                c51 = TScreen.Add(c51, p51);
                c52 = TScreen.Add(c52, p52);

                TVector a6 = TScreen.Broadcast(a + 6);
                TVector p60 = TScreen.Multiply(a6, b0);
                TVector p61 = TScreen.Multiply(a6, b1);
                TVector p62 = TScreen.Multiply(a6, b2);
                TVector a7 = TScreen.Broadcast(a + 7);
                TVector p70 = TScreen.Multiply(a7, b0);
                c60 = TScreen.Add(c60, p60);
                c61 = TScreen.Add(c61, p61);
                c62 = TScreen.Add(c62, p62);
                c70 = TScreen.Add(c70, p70);

                TVector p71 = TScreen.Multiply(a7, b1);
                TVector p72 = TScreen.Multiply(a7, b2);
                c71 = TScreen.Add(c71, p71);
                c72 = TScreen.Add(c72, p72);
            }

            a += Tile.PanelRows;
            b += PackedMatrix.PanelWidth;
        }

        Store<TScreen, TVector, TRows>(0, c, c00, c01, c02);
        Store<TScreen, TVector, TRows>(1, c, c10, c11, c12);
        Store<TScreen, TVector, TRows>(2, c, c20, c21, c22);
        Store<TScreen, TVector, TRows>(3, c, c30, c31, c32);
        Store<TScreen, TVector, TRows>(4, c, c40, c41, c42);
        Store<TScreen, TVector, TRows>(5, c, c50, c51, c52);
        Store<TScreen, TVector, TRows>(6, c, c60, c61, c62);
        Store<TScreen, TVector, TRows>(7, c, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TScreen, TVector, TRows>(int row, float* c, TVector first, TVector second, TVector third)
        where TScreen : struct, IScreenSimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
    {
        if (TRows.Value > row)
        {
            float* target = c + (row * PackedMatrix.PanelWidth);
            TScreen.Store(target, first);
            TScreen.Store(target + TScreen.Width, second);
            TScreen.Store(target + (2 * TScreen.Width), third);
        }
    }
}
