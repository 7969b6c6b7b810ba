using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// G g Gᵀ of <see cref="WinogradProduct"/>: the sixteen points of 3 × 3 weights, from the panels of <see cref="WindowProduct"/>. For each panel
/// of <see cref="ColumnPanels"/> they are [point][channel][its columns]. An item is a channel.
/// </summary>
internal readonly unsafe struct WinogradWeights(float* panels, int channels, int outputs, float* target) : IRangeKernel
{
    /// <summary>Floats of the result.</summary>
    internal static long Length(int channels, int outputs) => 16L * channels * ColumnPanels.Padded(outputs);

    internal static void Run(float* panels, int channels, int outputs, float* target) =>
        Dispatch.RunRows(new WinogradWeights(panels, channels, outputs, target), channels, 9L * outputs, 2);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int panel = 0; panel < ColumnPanels.Count(outputs); panel++)
        {
            int first = ColumnPanels.First(outputs, panel), width = ColumnPanels.First(outputs, panel + 1) - first;
            nint step = (nint)channels * width;
            for (nint channel = (nint)start; channel < (nint)end; channel++)
            {
                float* from = panels + ((nint)9 * channels * first) + (channel * width);
                float* to = target + ((nint)16 * channels * first) + (channel * width);
                for (int column = 0; column < width; column += TSimd.Width, from += TSimd.Width, to += TSimd.Width)
                {
                    Points<TSimd, TVector>(from, 3 * step, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
                    Points<TSimd, TVector>(from + step, 3 * step, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
                    Points<TSimd, TVector>(from + (2 * step), 3 * step, out TVector c0, out TVector c1, out TVector c2, out TVector c3);
                    Store<TSimd, TVector>(to, step, a0, b0, c0);
                    Store<TSimd, TVector>(to + (4 * step), step, a1, b1, c1);
                    Store<TSimd, TVector>(to + (8 * step), step, a2, b2, c2);
                    Store<TSimd, TVector>(to + (12 * step), step, a3, b3, c3);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Points<TSimd, TVector>(float* from, nint step, out TVector first, out TVector second, out TVector third, out TVector fourth)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        Points<TSimd, TVector>(
            TSimd.Load(from), TSimd.Load(from + step), TSimd.Load(from + (2 * step)), out first, out second, out third, out fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Points<TSimd, TVector>(
        TVector g0, TVector g1, TVector g2, out TVector first, out TVector second, out TVector third, out TVector fourth)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector half = TSimd.Broadcast(0.5f), outer = TSimd.Add(g0, g2);
        first = g0;
        second = TSimd.Multiply(half, TSimd.Add(outer, g1));
        third = TSimd.Multiply(half, TSimd.Subtract(outer, g1));
        fourth = g2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector>(float* target, nint step, TVector g0, TVector g1, TVector g2)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        Points<TSimd, TVector>(g0, g1, g2, out TVector first, out TVector second, out TVector third, out TVector fourth);
        TSimd.Store(target, first);
        TSimd.Store(target + step, second);
        TSimd.Store(target + (2 * step), third);
        TSimd.Store(target + (3 * step), fourth);
    }
}
