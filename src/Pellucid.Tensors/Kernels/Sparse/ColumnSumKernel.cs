using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Sums of columns over blocks of rows: sums [blocks, width] of x [rows, width].</summary>
internal readonly unsafe struct ColumnSumKernel(float* x, int rows, int width, float* sums) : IRangeKernel
{
    internal const int BlockRows = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long block = start; block < end; block++)
        {
            float* to = sums + ((nint)block * width);
            new Span<float>(to, width).Clear();
            for (long row = block * BlockRows; row < Math.Min(rows, (block + 1) * BlockRows); row++)
            {
                RowMath.AddScaled<TSimd, TVector>(to, x + ((nint)row * width), 1, width);
            }
        }
    }
}
