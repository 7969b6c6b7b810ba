using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Rows of some width from one matrix to another, whose rows lie further apart: joining channels and taking them apart.</summary>
internal readonly unsafe struct StridedCopy(float* from, nint fromStride, float* to, nint toStride, int width) : IRangeKernel
{
    internal static void Run(float* from, nint fromStride, float* to, nint toStride, long rows, int width) =>
        Dispatch.RunRows(new StridedCopy(from, fromStride, to, toStride, width), rows, width);

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (nint row = (nint)start; row < (nint)end; row++)
        {
            Unsafe.CopyBlockUnaligned(to + (row * toStride), from + (row * fromStride), (uint)width * sizeof(float));
        }
    }
}
