using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>activation(gate) · up.</summary>
internal readonly struct GatedOperation<TActivation> : IBinaryOperation
    where TActivation : struct, IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(default(TActivation).Apply<TSimd, TVector>(x), y);
}

/// <summary>
/// For y = f(gate) · up: dGate = dy · up · f'(gate) and dUp = dy · f(gate). Each result may be written over an operand.
/// </summary>
internal readonly unsafe struct GatedGradientKernel<TActivation>(float* gate, float* up, float* dy, float* dGate, float* dUp) : IRangeKernel
    where TActivation : struct, IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        long index = start;
        for (; index <= end - TSimd.Width; index += TSimd.Width)
        {
            TVector value = default(TActivation).Apply<TSimd, TVector>(TSimd.Load(gate + index), out TVector slope);
            TVector other = TSimd.Load(up + index), upper = TSimd.Load(dy + index);
            TSimd.Store(dGate + index, TSimd.Multiply(TSimd.Multiply(upper, other), slope));
            TSimd.Store(dUp + index, TSimd.Multiply(upper, value));
        }

        int rest = (int)(end - index);
        if (rest > 0)
        {
            TVector value = default(TActivation).Apply<TSimd, TVector>(TSimd.LoadFirst(gate + index, rest), out TVector slope);
            TVector other = TSimd.LoadFirst(up + index, rest), upper = TSimd.LoadFirst(dy + index, rest);
            TSimd.StoreFirst(dGate + index, TSimd.Multiply(TSimd.Multiply(upper, other), slope), rest);
            TSimd.StoreFirst(dUp + index, TSimd.Multiply(upper, value), rest);
        }
    }
}
