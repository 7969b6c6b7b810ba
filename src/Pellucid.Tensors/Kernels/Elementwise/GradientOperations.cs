using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Of (dy, x): dy · f'(x).</summary>
internal readonly struct ActivationGradient<TActivation> : IBinaryOperation
    where TActivation : struct, IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        default(TActivation).Apply<TSimd, TVector>(y, out TVector slope);
        return TSimd.Multiply(x, slope);
    }
}

/// <summary>Of (dy, y = sigmoid(x)): dy · y (1 - y).</summary>
internal readonly struct SigmoidGradient : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(TSimd.Multiply(x, y), TSimd.Subtract(TSimd.Broadcast(1f), y));
}

/// <summary>Of (dy, y = c tanh(x / c)): dy · (1 - (y / c)²).</summary>
internal readonly struct TanhGradient(float cap) : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector one = TSimd.Broadcast(1f);
        TVector tanh = TSimd.Multiply(y, TSimd.Broadcast(1 / cap));

        // In factors, so that nothing is lost where tanh is almost 1.
        return TSimd.Multiply(x, TSimd.Multiply(TSimd.Subtract(one, tanh), TSimd.Add(one, tanh)));
    }
}

/// <summary>Of (dy, y = √x): dy / 2y.</summary>
internal readonly struct SqrtGradient : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Divide(x, TSimd.Add(y, y));
}

/// <summary>Of (dy, x): dy · 2x.</summary>
internal readonly struct SquareGradient : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Multiply(x, TSimd.Add(y, y));
}

/// <summary>Of (dy, x): dy · sign(x), 0 at zero.</summary>
internal readonly struct AbsGradient : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0f);
        TVector below = TSimd.SelectGreater(zero, y, TSimd.Subtract(zero, x), zero);
        return TSimd.SelectGreater(y, zero, x, below);
    }
}

/// <summary>Of (dy, x): dy where low ≤ x ≤ high, else 0.</summary>
internal readonly struct ClampGradient(float low, float high) : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply<TSimd, TVector>(TVector x, TVector y)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0f);
        TVector inside = TSimd.SelectGreater(TSimd.Broadcast(low), y, zero, x);
        return TSimd.SelectGreater(y, TSimd.Broadcast(high), zero, inside);
    }
}
