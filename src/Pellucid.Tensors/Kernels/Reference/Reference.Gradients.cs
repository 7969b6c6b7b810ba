using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    internal static T SiluSlope<T>(T x)
        where T : IFloatingPointIeee754<T> => Sigmoid(x) + (x * Sigmoid(x) * Sigmoid(-x));

    internal static T GeluSlope<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        T two = T.CreateChecked(2);
        return (ErrorComplement(-x / T.Sqrt(two)) / two) + (x * T.Exp(-x * x / two) / T.Sqrt(two * T.Pi));
    }

    internal static T GeluTanhSlope<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        T root = T.Sqrt(T.CreateChecked(2) / T.Pi), cubic = T.CreateChecked(0.044715);
        T tanh = T.Tanh(root * (x + (cubic * x * x * x)));
        T inner = root * (T.One + (T.CreateChecked(3) * cubic * x * x));
        return (T.One + tanh + (x * (T.One - (tanh * tanh)) * inner)) / T.CreateChecked(2);
    }

    /// <summary>dx of y = softmax(x), one row.</summary>
    internal static void SoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        T mean = Dot(y, dy);
        for (int index = 0; index < y.Length; index++)
        {
            dx[index] = y[index] * (dy[index] - mean);
        }
    }

    /// <summary>dx of y = log softmax(x), one row.</summary>
    internal static void LogSoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (T value in dy)
        {
            sum += value;
        }

        for (int index = 0; index < y.Length; index++)
        {
            dx[index] = dy[index] - (T.Exp(y[index]) * sum);
        }
    }

    /// <summary>dx of -log softmax(x)[target], one row; 0 for a negative target.</summary>
    internal static void CrossEntropyGradient<T>(ReadOnlySpan<T> x, int target, T dLoss, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        Softmax(x, dx);
        for (int index = 0; index < x.Length; index++)
        {
            dx[index] = target < 0 ? T.Zero : dLoss * (dx[index] - (index == target ? T.One : T.Zero));
        }
    }

    /// <summary>
    /// dx of one row of layer normalization, or without <paramref name="center"/> of RMS normalization; adds to dWeight and dBias.
    /// </summary>
    internal static void NormGradient<T>(
        ReadOnlySpan<T> x,
        ReadOnlySpan<T> weight,
        ReadOnlySpan<T> dy,
        Span<T> dx,
        Span<T> dWeight,
        Span<T> dBias,
        T eps,
        bool center)
        where T : IFloatingPointIeee754<T>
    {
        T width = T.CreateChecked(x.Length);
        (T mean, T scale) = center ? LayerScale(x, eps) : (T.Zero, RmsScale(x, eps));
        T sum = T.Zero, dot = T.Zero;
        for (int index = 0; index < x.Length; index++)
        {
            T normal = (x[index] - mean) / scale;
            T g = weight.IsEmpty ? dy[index] : dy[index] * weight[index];
            sum += g;
            dot += g * normal;
            dWeight[index] += dy[index] * normal;
            dBias[index] += dy[index];
        }

        for (int index = 0; index < x.Length; index++)
        {
            T normal = (x[index] - mean) / scale;
            T g = weight.IsEmpty ? dy[index] : dy[index] * weight[index];
            dx[index] = (g - (center ? sum / width : T.Zero) - (normal * dot / width)) / scale;
        }
    }
}
