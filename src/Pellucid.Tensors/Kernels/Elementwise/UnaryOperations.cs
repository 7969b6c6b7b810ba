using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>e^x.</summary>
internal readonly struct ExpOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        VectorMath<TSimd, TVector>.Exp(x);
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct SigmoidOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        VectorMath<TSimd, TVector>.Sigmoid(x);
}

/// <summary>x · sigmoid(x).</summary>
internal readonly struct SiluOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        VectorMath<TSimd, TVector>.Silu(x);
}

/// <summary>max(x, 0), NaN for NaN.</summary>
internal readonly struct ReluOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Max(TSimd.Broadcast(0f), x);
}

/// <summary>x · Φ(x).</summary>
internal readonly struct GeluOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(x, VectorMath<TSimd, TVector>.NormalDistribution(x));
}

/// <summary>x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2, which is x · sigmoid of twice the argument.</summary>
internal readonly struct GeluTanhOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector square = TSimd.Multiply(x, x);
        TVector factor = TSimd.MultiplyAdd(square, TSimd.Broadcast(0.0713548163f), TSimd.Broadcast(1.59576912f));
        return TSimd.Multiply(x, VectorMath<TSimd, TVector>.Sigmoid(TSimd.Multiply(x, factor)));
    }
}

/// <summary>x · factor.</summary>
internal readonly struct ScaleOperation(float factor) : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(x, TSimd.Broadcast(factor));
}

/// <summary>x + addend.</summary>
internal readonly struct AddScalarOperation(float addend) : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Add(x, TSimd.Broadcast(addend));
}
