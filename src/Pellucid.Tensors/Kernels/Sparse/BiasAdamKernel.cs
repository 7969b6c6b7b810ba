using System.Runtime.CompilerServices;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Kernels;

/// <summary>Adam on a run of values.</summary>
internal readonly unsafe struct BiasAdamKernel(AdamPointers to, float* gradient, LatentAdamFactors adam, float clip) : IRangeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        RowMath.Adam<TSimd, TVector>(
            to.Value + start, to.First + start, to.Second + start, gradient + start, (int)(end - start), adam, clip);
}
