namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradients. With x̂ = (x - mean) / scale and g = dy · weight, layer normalization has dx = (g - mean(g) - x̂ · mean(g · x̂)) / scale;
/// RMS normalization has x̂ = x / scale and no mean(g). Means and scales are made anew from x: its row is in the cache then.
/// </summary>
internal static unsafe partial class Normalization
{
    /// <summary>
    /// dx [rows, width], dWeight [width] = Σ dy · x̂ and dBias [width] = Σ dy of <see cref="LayerNorm"/>, written over. A null weight is
    /// ones; dWeight and dBias may be null; dx may be x or dy.
    /// </summary>
    internal static void LayerNormGradient(
        float* x, float* weight, float* dy, float* dx, float* dWeight, float* dBias, long rows, int width, float eps) =>
        NormGradientKernel.Run(x, weight, dy, dx, dWeight, dBias, rows, width, eps, center: true);

    /// <summary>dx and dWeight of <see cref="RmsNorm"/>, as <see cref="LayerNormGradient"/>.</summary>
    internal static void RmsNormGradient(float* x, float* weight, float* dy, float* dx, float* dWeight, long rows, int width, float eps) =>
        NormGradientKernel.Run(x, weight, dy, dx, dWeight, null, rows, width, eps, center: false);

    /// <summary>dx = dScale · x / (width · scale), for scale [rows] of <see cref="RmsScale"/>; dx may be x.</summary>
    internal static void RmsScaleGradient(float* x, float* scale, float* dScale, float* dx, long rows, int width) =>
        Dispatch.RunRows(new ScaleGradientKernel(x, null, scale, dScale, null, dx, width), rows, width);

    /// <summary>
    /// dx = dScale · (x - mean) / (width · scale) + dMean / width, for mean and scale [rows] of <see cref="LayerScale"/>; dMean may be
    /// null for 0, and dx may be x.
    /// </summary>
    internal static void LayerScaleGradient(
        float* x, float* mean, float* scale, float* dScale, float* dMean, float* dx, long rows, int width) =>
        Dispatch.RunRows(new ScaleGradientKernel(x, mean, scale, dScale, dMean, dx, width), rows, width);

    /// <summary>y = x - mean(x) of each row. It is its own gradient: dx = Center(dy).</summary>
    internal static void Center(float* x, float* y, long rows, int width) =>
        Dispatch.RunRows(new CenterKernel(x, y, width), rows, width);

    private readonly struct CenterKernel(float* x, float* y, int width) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                AddScalarOperation shift = new(-Reductions.Sum<TSimd, TVector>(from, width) / width);
                new UnaryKernel<AddScalarOperation>(shift, from, y + (row * width)).Run<TSimd, TVector>(0, width);
            }
        }
    }

    private readonly struct ScaleGradientKernel(float* x, float* mean, float* scale, float* dScale, float* dMean, float* dx, int width)
        : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float center = mean == null ? 0 : mean[row];
                float offset = dMean == null ? 0 : dMean[row] / width;
                ShiftScale operation = new(center, dScale[row] / (scale[row] * width), offset);
                new UnaryKernel<ShiftScale>(operation, x + (row * width), dx + (row * width)).Run<TSimd, TVector>(0, width);
            }
        }
    }

    /// <summary>(x - center) · factor + offset.</summary>
    private readonly struct ShiftScale(float center, float factor, float offset) : IUnaryOperation
    {
        public TVector Apply<TSimd, TVector>(TVector x)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.MultiplyAdd(TSimd.Subtract(x, TSimd.Broadcast(center)), TSimd.Broadcast(factor), TSimd.Broadcast(offset));
    }
}
