using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Reductions of x [outer, axis, inner] over its middle axis, and their gradients. With axis 0 sums are 0 and there is no largest.
/// </summary>
internal static unsafe class AxisReductions
{
    /// <summary>y [outer, inner] = Σ x over the axis · factor; with 1 / axis for factor, the mean.</summary>
    internal static void Sum(float* x, float* y, long outer, int axis, int inner, float factor = 1)
    {
        if (inner == 1)
        {
            RowReductions.Sums(x, y, outer, axis, factor);
            return;
        }

        Dispatch.RunRows(new SumKernel(x, y, axis, inner, factor), outer, (long)axis * inner);
    }

    /// <summary>dx [outer, axis, inner] = dy [outer, inner] · factor: the gradient of <see cref="Sum"/>.</summary>
    internal static void SumGradient(float* dy, float* dx, long outer, int axis, int inner, float factor = 1) =>
        Dispatch.RunRows(new SpreadKernel(dy, dx, axis, inner, factor), outer, (long)axis * inner);

    /// <summary>
    /// y [outer, inner]: the largest over the axis, the first NaN where there is one; indices [outer, inner]: where it stands first.
    /// </summary>
    internal static void Max(float* x, float* y, int* indices, long outer, int axis, int inner) =>
        Dispatch.RunRows(new MaxKernel(x, y, indices, axis, inner), outer, (long)axis * inner, 2);

    /// <summary>dx [outer, axis, inner]: dy [outer, inner] where the indices of <see cref="Max"/> point, else 0.</summary>
    internal static void MaxGradient(float* dy, int* indices, float* dx, long outer, int axis, int inner) =>
        Dispatch.RunRows(new PickKernel(dy, indices, dx, axis, inner), outer, (long)axis * inner);

    private readonly struct SumKernel(float* x, float* y, int axis, int inner, float factor) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long item = start; item < end; item++)
            {
                float* from = x + (item * axis * inner), to = y + (item * inner);
                new Span<float>(to, inner).Clear();
                for (int index = 0; index < axis; index++)
                {
                    BinaryKernel<AddOperation>.Line<TSimd, TVector>(default, to, from + ((nint)index * inner), to, inner);
                }

                if (factor != 1)
                {
                    new UnaryKernel<ScaleOperation>(new(factor), to, to).Run<TSimd, TVector>(0, inner);
                }
            }
        }
    }

    private readonly struct SpreadKernel(float* dy, float* dx, int axis, int inner, float factor) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long item = start; item < end; item++)
            {
                float* from = dy + (item * inner), to = dx + (item * axis * inner);
                if (inner == 1)
                {
                    new Span<float>(to, axis).Fill(*from * factor);
                    continue;
                }

                for (int index = 0; index < axis; index++)
                {
                    new UnaryKernel<ScaleOperation>(new(factor), from, to + ((nint)index * inner)).Run<TSimd, TVector>(0, inner);
                }
            }
        }
    }

    private readonly struct MaxKernel(float* x, float* y, int* indices, int axis, int inner) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long item = start; item < end; item++)
            {
                float* from = x + (item * axis * inner), to = y + (item * inner);
                int* places = indices + (item * inner);
                new Span<float>(from, inner).CopyTo(new Span<float>(to, inner));
                new Span<int>(places, inner).Clear();
                for (int index = 1; index < axis; index++)
                {
                    float* row = from + ((nint)index * inner);
                    for (int column = 0; column < inner; column++)
                    {
                        // Not "larger than", which would pass over a NaN.
                        if (!(row[column] <= to[column]) && !float.IsNaN(to[column]))
                        {
                            to[column] = row[column];
                            places[column] = index;
                        }
                    }
                }
            }
        }
    }

    private readonly struct PickKernel(float* dy, int* indices, float* dx, int axis, int inner) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long item = start; item < end; item++)
            {
                float* to = dx + (item * axis * inner);
                for (long index = 0; index < (long)axis * inner; index++)
                {
                    to[index] = 0;
                }

                for (int column = 0; column < inner; column++)
                {
                    long at = (item * inner) + column;
                    to[((nint)indices[at] * inner) + column] = dy[at];
                }
            }
        }
    }
}
