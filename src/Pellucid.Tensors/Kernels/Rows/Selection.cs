using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The largest elements of each row of x [rows, width]. Among equals the lower index comes first; NaN counts as -∞.</summary>
internal static unsafe class Selection
{
    /// <summary>values and indices [rows, count]: the <paramref name="count"/> largest, largest first; count is at most width.</summary>
    internal static void TopK(float* x, int count, float* values, int* indices, long rows, int width) =>
        Dispatch.RunRows(new TopKKernel(x, count, values, indices, width), count > 0 ? rows : 0, width, 4);

    /// <summary>indices [rows]: the first of the largest; 0 where a row holds nothing but NaN.</summary>
    internal static void ArgMax(float* x, int* indices, long rows, int width) =>
        Dispatch.RunRows(new ArgMaxKernel(x, indices, width), rows, width, 2);

    private readonly struct ArgMaxKernel(float* x, int* indices, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float largest = Reductions.Largest<TSimd, TVector>(from, width);
                indices[row] = Math.Max(0, new ReadOnlySpan<float>(from, width).IndexOf(largest));
            }
        }
    }
}
