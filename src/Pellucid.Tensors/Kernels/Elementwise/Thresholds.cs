using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Rows of x [rows, width] held against thresholds [width].</summary>
internal static unsafe class Thresholds
{
    /// <summary>y = x where x is above its threshold, or 1 where <paramref name="jump"/> is false; 0 elsewhere.</summary>
    internal static void Apply(float* x, float* thresholds, float* y, long rows, int width, bool jump)
    {
        if (jump)
        {
            Dispatch.RunRows(new RowVectorKernel<JumpOperation>(default, x, thresholds, y, width), rows, width);
        }
        else
        {
            Dispatch.RunRows(new RowVectorKernel<StepOperation>(default, x, thresholds, y, width), rows, width);
        }
    }

    /// <summary>
    /// each = -dy · f / ε where x is within ε / 2 of its threshold θ, else 0; f is θ, or 1 where <paramref name="jump"/> is false. Summed
    /// over rows, this is the straight-through gradient of the thresholds.
    /// </summary>
    internal static void Gradient(float* x, float* thresholds, float* dy, float* each, long rows, int width, float bandwidth, bool jump) =>
        Dispatch.RunRows(new GradientKernel(x, thresholds, dy, each, width, bandwidth, jump), rows, width);

    private readonly struct JumpOperation : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.SelectGreater(x, y, x, TSimd.Broadcast(0));
    }

    private readonly struct StepOperation : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.SelectGreater(x, y, TSimd.Broadcast(1), TSimd.Broadcast(0));
    }

    private readonly struct GradientKernel(float* x, float* thresholds, float* dy, float* each, int width, float bandwidth, bool jump)
        : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            TVector half = TSimd.Broadcast(bandwidth / 2), factor = TSimd.Broadcast(-1 / bandwidth);
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float* gradient = dy + (row * width);
                float* to = each + (row * width);
                for (int index = 0; index < width; index += TSimd.Width)
                {
                    int count = Math.Min(TSimd.Width, width - index);
                    TVector threshold = TSimd.LoadFirst(thresholds + index, count);
                    TVector distance = TSimd.Abs(TSimd.Subtract(TSimd.LoadFirst(from + index, count), threshold));
                    TVector value = TSimd.Multiply(TSimd.LoadFirst(gradient + index, count), factor);
                    value = jump ? TSimd.Multiply(value, threshold) : value;
                    TSimd.StoreFirst(to + index, TSimd.SelectGreater(half, distance, value, TSimd.Broadcast(0)), count);
                }
            }
        }
    }
}
