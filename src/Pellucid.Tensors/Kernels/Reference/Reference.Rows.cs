using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    internal static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int index = 0; index < x.Length; index++)
        {
            sum += x[index] * y[index];
        }

        return sum;
    }

    /// <summary>Softmax of one row.</summary>
    internal static void Softmax<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        T largest = Largest(x);
        T sum = T.Zero;
        for (int index = 0; index < x.Length; index++)
        {
            y[index] = T.Exp(x[index] - largest);
            sum += y[index];
        }

        for (int index = 0; index < x.Length; index++)
        {
            y[index] /= sum;
        }
    }

    /// <summary>Log-softmax of one row.</summary>
    internal static void LogSoftmax<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        T total = LogSumExp(x);
        for (int index = 0; index < x.Length; index++)
        {
            y[index] = x[index] - total;
        }
    }

    /// <summary>-log softmax(x)[target]; 0 for a negative target.</summary>
    internal static T CrossEntropy<T>(ReadOnlySpan<T> x, int target)
        where T : IFloatingPointIeee754<T> => target < 0 ? T.Zero : LogSumExp(x) - x[target];

    /// <summary>√(mean x² + eps) of one row.</summary>
    internal static T RmsScale<T>(ReadOnlySpan<T> x, T eps)
        where T : IFloatingPointIeee754<T> => T.Sqrt((Dot(x, x) / T.CreateChecked(x.Length)) + eps);

    /// <summary>One row; an empty weight is ones.</summary>
    internal static void RmsNorm<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, T eps)
        where T : IFloatingPointIeee754<T>
    {
        T scale = RmsScale(x, eps);
        for (int index = 0; index < x.Length; index++)
        {
            y[index] = x[index] / scale * (weight.IsEmpty ? T.One : weight[index]);
        }
    }

    /// <summary>The mean of one row and √(variance + eps).</summary>
    internal static (T Mean, T Scale) LayerScale<T>(ReadOnlySpan<T> x, T eps)
        where T : IFloatingPointIeee754<T>
    {
        T mean = T.Zero;
        foreach (T value in x)
        {
            mean += value / T.CreateChecked(x.Length);
        }

        T variance = T.Zero;
        foreach (T value in x)
        {
            variance += (value - mean) * (value - mean) / T.CreateChecked(x.Length);
        }

        return (mean, T.Sqrt(variance + eps));
    }

    /// <summary>One row; an empty weight is ones, an empty bias zeros.</summary>
    internal static void LayerNorm<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> y, T eps)
        where T : IFloatingPointIeee754<T>
    {
        (T mean, T scale) = LayerScale(x, eps);
        for (int index = 0; index < x.Length; index++)
        {
            T value = (x[index] - mean) / scale * (weight.IsEmpty ? T.One : weight[index]);
            y[index] = value + (bias.IsEmpty ? T.Zero : bias[index]);
        }
    }

    /// <summary>
    /// The places of the largest elements of one row, largest first, the lower index first among equals; NaN counts as -∞.
    /// </summary>
    internal static int[] TopK<T>(ReadOnlySpan<T> x, int count)
        where T : IFloatingPointIeee754<T>
    {
        T[] values = x.ToArray();
        return [.. Enumerable.Range(0, values.Length)
            .OrderByDescending(index => T.IsNaN(values[index]) ? T.NegativeInfinity : values[index])
            .ThenBy(index => index)
            .Take(count)];
    }

    private static T Largest<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        T largest = T.NegativeInfinity;
        foreach (T value in x)
        {
            largest = value > largest ? value : largest;
        }

        return largest;
    }

    private static T LogSumExp<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        T largest = Largest(x);
        T sum = T.Zero;
        foreach (T value in x)
        {
            sum += T.Exp(value - largest);
        }

        return largest + T.Log(sum);
    }
}
