using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>target = gradient where y is above 0, else 0: what passes back through max(0, x) = y. The target may be the gradient.</summary>
internal readonly unsafe struct ReluGradient(float* y, float* gradient, float* target) : IRangeKernel
{
    internal static void Run(float* y, float* gradient, float* target, long count) =>
        Dispatch.Run(new ReluGradient(y, gradient, target), count, Dispatch.Grain);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        Line<TSimd, TVector>(y + start, gradient + start, target + start, (int)(end - start));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Line<TSimd, TVector>(float* y, float* gradient, float* target, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(target + i, TSimd.SelectGreater(TSimd.Load(y + i), zero, TSimd.Load(gradient + i), zero));
        }

        int rest = count - i;
        if (rest > 0)
        {
            TVector value = TSimd.SelectGreater(TSimd.LoadFirst(y + i, rest), zero, TSimd.LoadFirst(gradient + i, rest), zero);
            TSimd.StoreFirst(target + i, value, rest);
        }
    }
}
