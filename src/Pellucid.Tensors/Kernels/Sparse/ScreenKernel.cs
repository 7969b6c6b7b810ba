// TopK with an exact screen: scores in 16-bit integers decide which latents can be among the k largest, and only those are computed in
// float32, so that the result is that of EncoderKernel with TopKSink, bit for bit.
//
// With x = s_x q_x + r_x and w = s_w q_w + r_w (ScreenRows), the exact x·w differs from s_x s_w (q_x · q_w), whose sum is exact in 32 bits, by
//   x · r_w + r_x · w − r_x · r_w,   at most  ‖x‖ ‖r_w‖ + ‖r_x‖ (‖w‖ + ‖r_w‖)       (Cauchy and Schwarz),
// and the float32 value b + Σ_k x_k w_k, summed in order with fused multiply-adds, differs from the exact one by at most
//   γ (|b| + ‖x‖ ‖w‖),   γ = n u / (1 − n u),  n = width + 2,  u = 2^-24               (Higham 2002, section 3.1; here no step underflows
// but to some 2^-149, which δ holds). The score itself is evaluated in float32 in fewer than 16 steps: 16 u (|b| + ‖x‖ ‖w‖) more. Together
//   |value − score| ≤ slack = ‖x‖ α + ‖r_x‖ β + δ,   α = ‖r_w‖ + (γ + 17 u) ‖w‖,  β = ‖w‖ + ‖r_w‖,  δ = (γ + 16 u) |b| + width · 2^-148,
// each enlarged by a thousandth for the roundings of these sums themselves. So every value lies in [score − slack, score + slack]. If at
// least k latents of a row have lower ends of L or more, none whose upper end is below L is among the k largest, whatever the ties: those
// are dropped, the rest are candidates. Where so many candidates lie together that dropping does not make room, all are computed
// in float32 at once; a row or weights for which the bound is not proven (NaN, infinity, norms beyond 1e-12 to 1e15) send the whole batch to the float32 encoder.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Parts are blocks of rows. Needs AVX2 or AVX-512 BW.</summary>
internal readonly unsafe struct ScreenKernel(
    ScreenArguments arguments, float* x, int rows, EncoderCut cut, int k, TopKOutput output, ScreenNorms* norms, int* integers) : IRangeKernel
{
    private const int Panel = PackedMatrix.PanelWidth;

    internal static bool IsSupported =>
        Processor.InstructionSet == InstructionSet.Avx2 || (Processor.InstructionSet == InstructionSet.Avx512 && Avx512BW.IsSupported);

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long block = start; block < end; block++)
        {
            int first = cut.RowPanel((int)block) * Tile.PanelRows, last = Math.Min(rows, cut.RowPanel((int)block + 1) * Tile.PanelRows);
            if (typeof(TSimd) == typeof(Avx512Simd))
            {
                Block<TSimd, TVector, Avx512Screen, Vector512<int>, Eight>(first, last - first);
            }
            else if (typeof(TSimd) == typeof(Avx2Simd))
            {
                Block<TSimd, TVector, Avx2Screen, Vector256<int>, Two>(first, last - first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TSimd, TVector, TScreen, TInteger, TRows>(int firstRow, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TScreen : struct, IScreenSimd<TInteger>
        where TInteger : struct
        where TRows : struct, IConstant
    {
        int pairs = arguments.Pairs, packedRows = (count + Tile.PanelRows - 1) / Tile.PanelRows * Tile.PanelRows;
        int* packed = (int*)Scratch.Rent(0, (long)packedRows * pairs);
        Packing.PackRows((float*)integers + ((nint)firstRow * pairs), pairs, 1, count, pairs, (float*)packed);
        ScreenLists lists = new(arguments, k, count, x + ((nint)firstRow * arguments.Width), norms + firstRow);
        float* tile = stackalloc float[Tile.PanelRows * Panel];
        for (int panel = 0; panel < cut.Panels; panel++)
        {
            int* weights = arguments.Panels + ((nint)panel * Panel * pairs);
            for (int row = 0; row < count; row += Tile.PanelRows)
            {
                int* a = packed + ((nint)row * pairs);
                for (int column = 0; column < Panel; column += 3 * TScreen.Width)
                {
                    for (int r = 0; r < Tile.PanelRows; r += TRows.Value)
                    {
                        ScreenTile.Multiply<TScreen, TInteger, TRows>(a + r, weights + column, pairs, tile + (r * Panel) + column);
                    }
                }

                for (int r = 0; r < Math.Min(Tile.PanelRows, count - row); r++)
                {
                    lists.Take<TSimd, TVector>(row + r, tile + (r * Panel), panel * Panel);
                }
            }
        }

        for (int row = 0; row < count; row++)
        {
            int length = lists.Finish<TSimd, TVector>(row, out float* values, out int* places);
            output.Write(0, firstRow + row, values, places, length);
        }
    }
}
