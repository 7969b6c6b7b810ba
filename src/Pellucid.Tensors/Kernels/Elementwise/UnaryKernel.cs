using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>y = f(x), element by element; y may be x.</summary>
internal readonly unsafe struct UnaryKernel<TOperation>(TOperation operation, float* x, float* y) : IRangeKernel
    where TOperation : struct, IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TOperation function = operation;
        float* from = x + start;
        float* to = y + start;
        nint count = (nint)(end - start);
        nint index = 0;
        for (; index <= count - TSimd.Width; index += TSimd.Width)
        {
            TSimd.Store(to + index, function.Apply<TSimd, TVector>(TSimd.Load(from + index)));
        }

        int rest = (int)(count - index);
        if (rest > 0)
        {
            TSimd.StoreFirst(to + index, function.Apply<TSimd, TVector>(TSimd.LoadFirst(from + index, rest)), rest);
        }
    }
}
