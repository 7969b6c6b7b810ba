using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The innermost loop of products with <see cref="DType.Q8"/>: of each block of 32 inputs the sums of products of integers, exact in 32 bits
/// (32 · 32767 · 127 &lt; 2^31), then added to C in single precision, each with its scales; block after block, so that an element's bits depend
/// neither on the tile that computed it nor on how many rows there are. As in <see cref="Tile"/> accumulators are named locals and the number of rows is a type;
/// the products stand four before their four sums, as <see cref="ScreenTile"/> says.
/// </summary>
internal static unsafe class QuantizedTile
{
    /// <param name="a">A panel of A, [pair][8].</param>
    /// <param name="scales">Its scales, [block][8].</param>
    /// <param name="b">A panel of B.</param>
    /// <param name="column">Its first column in the panel.</param>
    /// <param name="blocks">Blocks along the depth.</param>
    /// <param name="c">Rows of 48, which are added to.</param>
    /// <param name="next">What will be read soon, of which the caches are given 96 bytes for each pair of inputs; any address.</param>
    /// <param name="nextStep">Bytes from one pair's to the next's: 96, or 0 where nothing is to be asked for.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TScreen, TVector, TRows>(int* a, float* scales, byte* b, int column, int blocks, float* c, byte* next, nint nextStep)
        where TScreen : struct, IScreenSimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
    {
        for (; blocks > 0; blocks--)
        {
            TVector c00 = default, c01 = default, c02 = default;
            TVector c10 = default, c11 = default, c12 = default;
            TVector c20 = default, c21 = default, c22 = default;
            TVector c30 = default, c31 = default, c32 = default;
            TVector c40 = default, c41 = default, c42 = default;
            TVector c50 = default, c51 = default, c52 = default;
            TVector c60 = default, c61 = default, c62 = default;
            TVector c70 = default, c71 = default, c72 = default;
            sbyte* weights = (sbyte*)b + QuantizedLayout.ScaleBytes + (2 * column);
            for (int pair = QuantizedLayout.Pairs; pair > 0; pair--)
            {
                TScreen.Prefetch(next);
                TScreen.Prefetch(next + Tile.Line);
                next += nextStep;
                TVector b0 = TScreen.LoadBytes(weights), b1 = TScreen.LoadBytes(weights + (2 * TScreen.Width)), b2 = TScreen.LoadBytes(weights + (4 * TScreen.Width));
                TVector a0 = TScreen.Broadcast(a);
                TVector p00 = TScreen.Multiply(a0, b0);
                TVector p01 = TScreen.Multiply(a0, b1);
                TVector p02 = TScreen.Multiply(a0, b2);
                c00 = TScreen.Add(c00, p00);
                c01 = TScreen.Add(c01, p01);
                c02 = TScreen.Add(c02, p02);

                if (TRows.Value > 1)
                {
                    TVector a1 = TScreen.Broadcast(a + 1);
                    TVector p10 = TScreen.Multiply(a1, b0);
                    TVector p11 = TScreen.Multiply(a1, b1);
                    TVector p12 = TScreen.Multiply(a1, b2);
                    c10 = TScreen.Add(c10, p10);
                    c11 = TScreen.Add(c11, p11);
                    c12 = TScreen.Add(c12, p12);
                }

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
                    c31 = TScreen.Add(c31, p31);
                    c32 = TScreen.Add(c32, p32);
                }

                if (TRows.Value > 4)
                {
                    TVector a4 = TScreen.Broadcast(a + 4);
                    TVector p40 = TScreen.Multiply(a4, b0);
                    TVector p41 = TScreen.Multiply(a4, b1);
                    TVector p42 = TScreen.Multiply(a4, b2);
                    TVector a5 = TScreen.Broadcast(a + 5);
                    TVector p50 = TScreen.Multiply(a5, b0);
                    c40 = TScreen.Add(c40, p40);
                    c41 = TScreen.Add(c41, p41);
                    c42 = TScreen.Add(c42, p42);
                    c50 = TScreen.Add(c50, p50);

                    TVector p51 = TScreen.Multiply(a5, b1);
                    TVector p52 = TScreen.Multiply(a5, b2);
                    TVector a6 = TScreen.Broadcast(a + 6);
                    TVector p60 = TScreen.Multiply(a6, b0);
                    TVector p61 = TScreen.Multiply(a6, b1);
                    c51 = TScreen.Add(c51, p51);
                    c52 = TScreen.Add(c52, p52);
                    c60 = TScreen.Add(c60, p60);
                    c61 = TScreen.Add(c61, p61);

                    TVector p62 = TScreen.Multiply(a6, b2);
                    TVector a7 = TScreen.Broadcast(a + 7);
                    TVector p70 = TScreen.Multiply(a7, b0);
                    TVector p71 = TScreen.Multiply(a7, b1);
                    TVector p72 = TScreen.Multiply(a7, b2);
                    c62 = TScreen.Add(c62, p62);
                    c70 = TScreen.Add(c70, p70);
                    c71 = TScreen.Add(c71, p71);
                    c72 = TScreen.Add(c72, p72);
                }

                a += Tile.PanelRows;
                weights += QuantizedLayout.PairBytes;
            }

            float* factors = (float*)b + column;
            End<TScreen, TVector, TRows>(0, c, factors, scales, c00, c01, c02);
            End<TScreen, TVector, TRows>(1, c, factors, scales, c10, c11, c12);
            End<TScreen, TVector, TRows>(2, c, factors, scales, c20, c21, c22);
            End<TScreen, TVector, TRows>(3, c, factors, scales, c30, c31, c32);
            End<TScreen, TVector, TRows>(4, c, factors, scales, c40, c41, c42);
            End<TScreen, TVector, TRows>(5, c, factors, scales, c50, c51, c52);
            End<TScreen, TVector, TRows>(6, c, factors, scales, c60, c61, c62);
            End<TScreen, TVector, TRows>(7, c, factors, scales, c70, c71, c72);
            TScreen.Prefetch(next);
            TScreen.Prefetch(next + Tile.Line);
            TScreen.Prefetch(next + (2 * Tile.Line));
            next += 2 * nextStep; // the scales
            scales += Tile.PanelRows;
            b += QuantizedLayout.BlockBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TScreen, TVector, TRows>(int row, float* c, float* factors, float* scales, TVector first, TVector second, TVector third)
        where TScreen : struct, IScreenSimd<TVector>
        where TVector : struct
        where TRows : struct, IConstant
    {
        if (TRows.Value > row)
        {
            float* target = c + (row * PackedMatrix.PanelWidth);
            TScreen.Accumulate(target, first, factors, scales[row]);
            TScreen.Accumulate(target + TScreen.Width, second, factors + TScreen.Width, scales[row]);
            TScreen.Accumulate(target + (2 * TScreen.Width), third, factors + (2 * TScreen.Width), scales[row]);
        }
    }
}
