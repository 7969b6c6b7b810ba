using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The smaller and the larger of two numbers.</summary>
internal static unsafe partial class Elementwise
{
    /// <summary>z = the smaller of x and y; y where one of them is NaN.</summary>
    internal static void Min(float* x, float* y, float* z, long length) => Binary<MinOperation>(default, x, y, z, length);

    /// <summary>z = the larger of x and y; y where one of them is NaN.</summary>
    internal static void Max(float* x, float* y, float* z, long length) => Binary<MaxOperation>(default, x, y, z, length);

    /// <summary>dx = dz where x is the smaller, half of it where x = y, else 0; dy the rest.</summary>
    internal static void MinGradient(float* x, float* y, float* dz, float* dx, float* dy, long length) =>
        Dispatch.Run(new ChoiceGradientKernel(y, x, dz, dx, dy), length, Dispatch.Grain);

    /// <summary>dx = dz where x is the larger, half of it where x = y, else 0; dy the rest.</summary>
    internal static void MaxGradient(float* x, float* y, float* dz, float* dx, float* dy, long length) =>
        Dispatch.Run(new ChoiceGradientKernel(x, y, dz, dx, dy), length, Dispatch.Grain);

    /// <summary>z [rows, width] = x [rows, width] / vector [width].</summary>
    internal static void DivideRowVector(float* x, float* vector, float* z, long rows, int width) =>
        Dispatch.RunRows(new RowVectorKernel<DivideOperation>(default, x, vector, z, width), rows, width);

    private readonly struct MinOperation : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.Min(x, y);
    }

    private readonly struct MaxOperation : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.Max(x, y);
    }

    /// <summary>Of dz, the first gets all where x &gt; y, half where they are equal; the second the rest.</summary>
    private readonly struct ChoiceGradientKernel(float* x, float* y, float* dz, float* first, float* second) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            TVector zero = TSimd.Broadcast(0), half = TSimd.Broadcast(0.5f);
            for (long index = start; index < end; index += TSimd.Width)
            {
                int count = (int)Math.Min(TSimd.Width, end - index);
                TVector left = TSimd.LoadFirst(x + index, count), right = TSimd.LoadFirst(y + index, count);
                TVector all = TSimd.LoadFirst(dz + index, count);
                TVector notLess = TSimd.SelectGreater(right, left, zero, TSimd.Multiply(all, half));
                TVector part = TSimd.SelectGreater(left, right, all, notLess);
                TSimd.StoreFirst(first + index, part, count);
                TSimd.StoreFirst(second + index, TSimd.Subtract(all, part), count);
            }
        }
    }
}
