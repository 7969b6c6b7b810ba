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

/// <summary>tanh x.</summary>
internal readonly struct TanhOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        VectorMath<TSimd, TVector>.Tanh(x);
}

/// <summary>cap · tanh(x / cap).</summary>
internal readonly struct SoftCapOperation(float cap) : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(VectorMath<TSimd, TVector>.Tanh(TSimd.Multiply(x, TSimd.Broadcast(1 / cap))), TSimd.Broadcast(cap));
}

/// <summary>The natural logarithm.</summary>
internal readonly struct LogOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        VectorMath<TSimd, TVector>.Log(x);
}

/// <summary>√x.</summary>
internal readonly struct SqrtOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Sqrt(x);
}

/// <summary>|x|.</summary>
internal readonly struct AbsOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Abs(x);
}

/// <summary>min(max(x, low), high), NaN for NaN.</summary>
internal readonly struct ClampOperation(float low, float high) : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Min(TSimd.Broadcast(high), TSimd.Max(TSimd.Broadcast(low), x));
}
