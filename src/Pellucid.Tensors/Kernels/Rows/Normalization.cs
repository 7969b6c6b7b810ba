using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Normalizations over rows of x [rows, width]; y may be x.</summary>
internal static unsafe partial class Normalization
{
    private const int Cost = 2;

    /// <summary>y = x / √(mean x² + eps) · weight [width]; a null weight is ones (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    internal static void RmsNorm(float* x, float* weight, float* y, long rows, int width, float eps) =>
        Dispatch.RunRows(new RmsKernel(x, weight, y, width, eps), rows, width, Cost);

    /// <summary>scale [rows] = √(mean x² + eps), what RMS normalization divides by.</summary>
    internal static void RmsScale(float* x, float* scale, long rows, int width, float eps) =>
        Dispatch.RunRows(new RmsScaleKernel(x, scale, width, eps), rows, width, Cost);

    /// <summary>
    /// y = (x - mean) / √(variance + eps) · weight [width] + bias [width]; a null weight is ones and a null bias zeros (Ba, Kiros and
    /// Hinton 2016, arXiv:1607.06450). The variance is that of the whole row (divided by width).
    /// </summary>
    internal static void LayerNorm(float* x, float* weight, float* bias, float* y, long rows, int width, float eps) =>
        Dispatch.RunRows(new LayerKernel(x, weight, bias, y, width, eps), rows, width, Cost + 1);

    /// <summary>
    /// mean [rows] and scale [rows] = √(variance + eps), what layer normalization subtracts and divides by; either may be null.
    /// </summary>
    internal static void LayerScale(float* x, float* mean, float* scale, long rows, int width, float eps) =>
        Dispatch.RunRows(new LayerScaleKernel(x, mean, scale, width, eps), rows, width, Cost);

    /// <summary>y = (x - center) · factor (· weight) (+ bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Affine<TSimd, TVector>(float* x, float center, float factor, float* weight, float* bias, float* y, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector shift = TSimd.Broadcast(center);
        TVector scale = TSimd.Broadcast(factor);
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            TVector value = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + index), shift), scale);
            value = weight == null ? value : TSimd.Multiply(value, TSimd.Load(weight + index));
            TSimd.Store(y + index, bias == null ? value : TSimd.Add(value, TSimd.Load(bias + index)));
        }

        int rest = width - index;
        if (rest > 0)
        {
            TVector value = TSimd.Multiply(TSimd.Subtract(TSimd.LoadFirst(x + index, rest), shift), scale);
            value = weight == null ? value : TSimd.Multiply(value, TSimd.LoadFirst(weight + index, rest));
            TSimd.StoreFirst(y + index, bias == null ? value : TSimd.Add(value, TSimd.LoadFirst(bias + index, rest)), rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float RootMeanSquare<TSimd, TVector>(float* x, int width, float eps)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        MathF.Sqrt((Reductions.Dot<TSimd, TVector>(x, x, width) / width) + eps);

    /// <summary>
    /// In two passes: the mean first, then the squares about it, because the difference of two large sums would lose everything.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Deviation<TSimd, TVector>(float* x, int width, float eps, out float mean)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        mean = Reductions.Sum<TSimd, TVector>(x, width) / width;
        TVector center = TSimd.Broadcast(mean);
        TVector sum = TSimd.Broadcast(0);
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            TVector value = TSimd.Subtract(TSimd.Load(x + index), center);
            sum = TSimd.MultiplyAdd(value, value, sum);
        }

        int rest = width - index;
        if (rest > 0)
        {
            TVector value = TSimd.First(TSimd.Subtract(TSimd.LoadFirst(x + index, rest), center), TSimd.Broadcast(0), rest);
            sum = TSimd.MultiplyAdd(value, value, sum);
        }

        return MathF.Sqrt((TSimd.Sum(sum) / width) + eps);
    }

    private readonly struct RmsKernel(float* x, float* weight, float* y, int width, float eps) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float scale = RootMeanSquare<TSimd, TVector>(from, width, eps);
                Affine<TSimd, TVector>(from, 0, 1 / scale, weight, null, y + (row * width), width);
            }
        }
    }

    private readonly struct RmsScaleKernel(float* x, float* scale, int width, float eps) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                scale[row] = RootMeanSquare<TSimd, TVector>(x + (row * width), width, eps);
            }
        }
    }

    private readonly struct LayerKernel(float* x, float* weight, float* bias, float* y, int width, float eps) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float scale = Deviation<TSimd, TVector>(from, width, eps, out float mean);
                Affine<TSimd, TVector>(from, mean, 1 / scale, weight, bias, y + (row * width), width);
            }
        }
    }

    private readonly struct LayerScaleKernel(float* x, float* mean, float* scale, int width, float eps) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float deviation = Deviation<TSimd, TVector>(x + (row * width), width, eps, out float center);
                if (mean != null)
                {
                    mean[row] = center;
                }

                if (scale != null)
                {
                    scale[row] = deviation;
                }
            }
        }
    }
}
