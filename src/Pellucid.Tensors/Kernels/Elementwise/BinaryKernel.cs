using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>z = f(x, y), element by element; z may be x or y.</summary>
internal readonly unsafe struct BinaryKernel<TOperation>(TOperation operation, float* x, float* y, float* z) : IRangeKernel
    where TOperation : struct, IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        Line<TSimd, TVector>(operation, x + start, y + start, z + start, (nint)(end - start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Line<TSimd, TVector>(TOperation function, float* x, float* y, float* z, nint count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint index = 0;
        for (; index <= count - TSimd.Width; index += TSimd.Width)
        {
            TSimd.Store(z + index, function.Apply<TSimd, TVector>(TSimd.Load(x + index), TSimd.Load(y + index)));
        }

        int rest = (int)(count - index);
        if (rest > 0)
        {
            TVector last = function.Apply<TSimd, TVector>(TSimd.LoadFirst(x + index, rest), TSimd.LoadFirst(y + index, rest));
            TSimd.StoreFirst(z + index, last, rest);
        }
    }
}
