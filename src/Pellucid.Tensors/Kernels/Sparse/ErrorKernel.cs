using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Row by row, in place: a reconstruction becomes its error, target − reconstruction; and ‖error‖².</summary>
internal readonly unsafe struct ErrorKernel(float* target, float* errors, int width, double* squares) : IRangeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long row = start; row < end; row++)
        {
            float* error = errors + ((nint)row * width), wanted = target + ((nint)row * width);
            RowMath.Scale<TSimd, TVector>(error, -1, width);
            RowMath.AddScaled<TSimd, TVector>(error, wanted, 1, width);
            squares[row] = RowMath.Dot<TSimd, TVector>(error, error, width);
        }
    }
}
