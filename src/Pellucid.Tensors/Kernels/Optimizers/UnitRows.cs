using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Rows x [rows, width] that are kept at length 1.</summary>
internal static unsafe class UnitRows
{
    /// <summary>to = gradient - (gradient · x / x · x) x, row by row; a row of zeros has no direction, and its gradient stays.</summary>
    internal static void RemoveParallel(float* x, float* gradient, float* to, long rows, int width) =>
        Dispatch.RunRows(new RemoveKernel(x, gradient, to, width), rows, width, 3);

    /// <summary>x = x / ‖x‖, row by row; a row of zeros stays.</summary>
    internal static void Normalize(float* x, long rows, int width) => Dispatch.RunRows(new NormalizeKernel(x, width), rows, width, 2);

    private readonly struct RemoveKernel(float* x, float* gradient, float* to, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* own = x + (row * width);
                float* slope = gradient + (row * width);
                float length = Reductions.Dot<TSimd, TVector>(own, own, width);
                float along = length > 0 ? -Reductions.Dot<TSimd, TVector>(own, slope, width) / length : 0;
                BinaryKernel<AddScaledOperation>.Line<TSimd, TVector>(new(along), own, slope, to + (row * width), width);
            }
        }
    }

    private readonly struct NormalizeKernel(float* x, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* own = x + (row * width);
                float length = MathF.Sqrt(Reductions.Dot<TSimd, TVector>(own, own, width));
                ScaleOperation scale = new(length > 0 ? 1 / length : 1);
                new UnaryKernel<ScaleOperation>(scale, own, own).Run<TSimd, TVector>(0, width);
            }
        }
    }
}
