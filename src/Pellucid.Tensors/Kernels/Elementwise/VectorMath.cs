using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Elementary functions of a vector. <see cref="Exp"/> reduces to r in ±ln 2 / 2 and uses the degree-6 polynomial of Cephes' expf (Moshier
/// 1992), <see cref="Tanh"/> is their tanhf; the complementary error function is the Chebyshev fit of Press et al. (Numerical Recipes, erfcc), 1.2e-7 relative.
/// </summary>
internal static class VectorMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>e^x to 2 ulp; 0 and infinity beyond the range of float, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp(TVector x)
    {
        // Beyond these bounds the result is 0 or infinity. Max and Min pass a NaN on because it is their second operand.
        x = TSimd.Min(TSimd.Broadcast(89f), TSimd.Max(TSimd.Broadcast(-104f), x));
        TVector n = TSimd.Round(TSimd.Multiply(x, TSimd.Broadcast(1.44269504f)));

        // ln 2 in two parts; n times the first is exact, with or without fused multiply-add.
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        TVector p = TSimd.MultiplyAdd(TSimd.Broadcast(1.9875691500e-4f), r, TSimd.Broadcast(1.3981999507e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(8.3334519073e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(4.1665795894e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.6666665459e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.5f));
        p = TSimd.MultiplyAdd(TSimd.Multiply(r, r), p, r);
        return TSimd.Scale(TSimd.Add(p, TSimd.Broadcast(1f)), n);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Sigmoid(TVector x)
    {
        TVector one = TSimd.Broadcast(1f);
        return TSimd.Divide(one, TSimd.Add(one, Exp(TSimd.Subtract(TSimd.Broadcast(0f), x))));
    }

    /// <summary>x / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Silu(TVector x) =>
        TSimd.Divide(x, TSimd.Add(TSimd.Broadcast(1f), Exp(TSimd.Subtract(TSimd.Broadcast(0f), x))));

    /// <summary>
    /// tanh x: an odd polynomial up to 0.625, where 1 - 2 / (e^2x + 1) would lose its digits, and that beyond.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Tanh(TVector x)
    {
        TVector one = TSimd.Broadcast(1f), two = TSimd.Broadcast(2f), zero = TSimd.Broadcast(0f);
        TVector size = TSimd.Abs(x);
        TVector square = TSimd.Multiply(x, x);
        TVector p = TSimd.MultiplyAdd(square, TSimd.Broadcast(-5.70498872745e-3f), TSimd.Broadcast(2.06390887954e-2f));
        p = TSimd.MultiplyAdd(square, p, TSimd.Broadcast(-5.37397155531e-2f));
        p = TSimd.MultiplyAdd(square, p, TSimd.Broadcast(1.33314422036e-1f));
        p = TSimd.MultiplyAdd(square, p, TSimd.Broadcast(-3.33332819422e-1f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(square, p), x, x);
        TVector far = TSimd.Subtract(one, TSimd.Divide(two, TSimd.Add(Exp(TSimd.Multiply(size, two)), one)));
        far = TSimd.SelectGreater(zero, x, TSimd.Subtract(zero, far), far);
        return TSimd.SelectGreater(size, TSimd.Broadcast(0.625f), far, near);
    }

    /// <summary>The natural logarithm, by .NET's own vector form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Log(TVector x)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            return Unsafe.BitCast<Vector512<float>, TVector>(Vector512.Log(Unsafe.BitCast<TVector, Vector512<float>>(x)));
        }

        if (typeof(TVector) == typeof(Vector256<float>))
        {
            return Unsafe.BitCast<Vector256<float>, TVector>(Vector256.Log(Unsafe.BitCast<TVector, Vector256<float>>(x)));
        }

        return Unsafe.BitCast<Vector128<float>, TVector>(Vector128.Log(Unsafe.BitCast<TVector, Vector128<float>>(x)));
    }

    /// <summary>
    /// The distribution function of the standard normal, Φ(x) = erfc(-x / √2) / 2; accurate relative to Φ in the lower tail too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector NormalDistribution(TVector x)
    {
        TVector one = TSimd.Broadcast(1f);
        TVector z = TSimd.Multiply(TSimd.Abs(x), TSimd.Broadcast(0.70710678f));
        TVector t = TSimd.Divide(one, TSimd.MultiplyAdd(z, TSimd.Broadcast(0.5f), one));
        TVector p = TSimd.MultiplyAdd(t, TSimd.Broadcast(0.17087277f), TSimd.Broadcast(-0.82215223f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(1.48851587f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(-1.13520398f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(0.27886807f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(-0.18628806f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(0.09678418f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(0.37409196f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(1.00002368f));
        p = TSimd.MultiplyAdd(t, p, TSimd.Broadcast(-1.26551223f));
        TVector half = TSimd.Multiply(TSimd.Multiply(t, TSimd.Broadcast(0.5f)), Exp(TSimd.Subtract(p, TSimd.Multiply(z, z))));
        return TSimd.SelectGreater(x, TSimd.Broadcast(0f), TSimd.Subtract(one, half), half);
    }
}
