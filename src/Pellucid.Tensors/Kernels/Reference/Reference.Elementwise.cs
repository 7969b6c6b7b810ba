using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    internal static void Map<T>(ReadOnlySpan<T> x, Span<T> y, Func<T, T> function)
        where T : IFloatingPointIeee754<T>
    {
        for (int index = 0; index < x.Length; index++)
        {
            y[index] = function(x[index]);
        }
    }

    internal static void Map<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z, Func<T, T, T> function)
        where T : IFloatingPointIeee754<T>
    {
        for (int index = 0; index < x.Length; index++)
        {
            z[index] = function(x[index], y[index]);
        }
    }

    internal static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    internal static T Silu<T>(T x)
        where T : IFloatingPointIeee754<T> => x / (T.One + T.Exp(-x));

    internal static T Relu<T>(T x)
        where T : IFloatingPointIeee754<T> => x < T.Zero ? T.Zero : x;

    internal static T SwiGlu<T>(T gate, T up)
        where T : IFloatingPointIeee754<T> => Silu(gate) * up;

    internal static T Gelu<T>(T x)
        where T : IFloatingPointIeee754<T> => x * ErrorComplement(-x / T.Sqrt(T.CreateChecked(2))) / T.CreateChecked(2);

    internal static T GeluTanh<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        T argument = T.Sqrt(T.CreateChecked(2) / T.Pi) * (x + (T.CreateChecked(0.044715) * x * x * x));
        return x * (T.One + T.Tanh(argument)) / T.CreateChecked(2);
    }

    /// <summary>erfc(x): the power series near zero, Lentz's continued fraction beyond.</summary>
    internal static T ErrorComplement<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        if (x < T.Zero)
        {
            return T.CreateChecked(2) - ErrorComplement(-x);
        }

        T rootPi = T.Sqrt(T.Pi);
        if (x < T.CreateChecked(2))
        {
            T sum = T.Zero, term = x;
            for (int n = 0; n < 80; n++)
            {
                sum += term / T.CreateChecked((2 * n) + 1);
                term *= -x * x / T.CreateChecked(n + 1);
            }

            return T.One - (T.CreateChecked(2) * sum / rootPi);
        }

        T fraction = x;
        for (int n = 120; n > 0; n--)
        {
            fraction = x + (T.CreateChecked(n) / T.CreateChecked(2) / fraction);
        }

        return T.Exp(-x * x) / (fraction * rootPi);
    }
}
