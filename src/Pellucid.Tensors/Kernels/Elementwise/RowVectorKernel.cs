using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>z [rows, width] = f(x [rows, width], y [width]): the same vector for every row; z may be x.</summary>
internal readonly unsafe struct RowVectorKernel<TOperation>(TOperation operation, float* x, float* y, float* z, int width) : IRangeKernel
    where TOperation : struct, IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long row = start; row < end; row++)
        {
            BinaryKernel<TOperation>.Line<TSimd, TVector>(operation, x + (row * width), y, z + (row * width), width);
        }
    }
}
