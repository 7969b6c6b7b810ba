using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>x · Φ(x); the slope is Φ(x) + x φ(x), with the normal density φ.</summary>
internal readonly struct GeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, out TVector slope)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector distribution = VectorMath<TSimd, TVector>.NormalDistribution(x);
        TVector exponent = TSimd.Multiply(TSimd.Multiply(x, x), TSimd.Broadcast(-0.5f));
        TVector density = TSimd.Multiply(VectorMath<TSimd, TVector>.Exp(exponent), TSimd.Broadcast(0.39894228f));
        slope = TSimd.MultiplyAdd(x, density, distribution);
        return TSimd.Multiply(x, distribution);
    }
}

/// <summary>x · σ(u) with u = x (a + b x²), see <see cref="GeluTanhOperation"/>; the slope is σ + x σ (1 - σ) (a + 3 b x²).</summary>
internal readonly struct GeluTanhActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, out TVector slope)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector linear = TSimd.Broadcast(1.59576912f);
        TVector square = TSimd.Multiply(x, x);
        TVector u = TSimd.Multiply(x, TSimd.MultiplyAdd(square, TSimd.Broadcast(0.0713548163f), linear));
        TVector one = TSimd.Broadcast(1f), zero = TSimd.Broadcast(0f);
        TVector exponential = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(zero, u));
        TVector sigmoid = TSimd.Divide(one, TSimd.Add(one, exponential));
        TVector value = TSimd.Multiply(x, sigmoid);
        TVector inner = TSimd.MultiplyAdd(square, TSimd.Broadcast(0.214064449f), linear);

        // 1 - σ, which would lose its digits above zero and be infinity times zero far below.
        TVector rest = TSimd.SelectGreater(u, zero, TSimd.Multiply(exponential, sigmoid), TSimd.Subtract(one, sigmoid));
        slope = TSimd.MultiplyAdd(TSimd.Multiply(value, rest), inner, sigmoid);
        return value;
    }
}

/// <summary>x · σ(x); the slope is σ (1 + x (1 - σ)).</summary>
internal readonly struct SiluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, out TVector slope)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector one = TSimd.Broadcast(1f);
        TVector sigmoid = VectorMath<TSimd, TVector>.Sigmoid(x);
        slope = TSimd.Multiply(sigmoid, TSimd.MultiplyAdd(x, TSimd.Subtract(one, sigmoid), one));
        return TSimd.Multiply(x, sigmoid);
    }
}

/// <summary>max(x, 0); the slope is 1 above zero, else 0, also at zero.</summary>
internal readonly struct ReluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, out TVector slope)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0f);
        slope = TSimd.SelectGreater(x, zero, TSimd.Broadcast(1f), zero);
        return TSimd.Max(zero, x);
    }
}
