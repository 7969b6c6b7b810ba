using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>Rotates one head vector in place by the angles of its position; the tables hold half as many elements.</summary>
    internal static void Rotate<T>(Span<T> x, ReadOnlySpan<T> cosines, ReadOnlySpan<T> sines, bool inverse = false)
        where T : IFloatingPointIeee754<T>
    {
        int half = x.Length / 2;
        for (int index = 0; index < half; index++)
        {
            T sine = inverse ? -sines[index] : sines[index];
            T first = x[index], second = x[half + index];
            x[index] = (first * cosines[index]) - (second * sine);
            x[half + index] = (second * cosines[index]) + (first * sine);
        }
    }

    /// <summary>
    /// z of one query over keys and values [keys, size]: softmax(cap(scale · q·k)) v over the keys from <paramref name="first"/> up to
    /// <paramref name="seen"/>, with cap(s) = cap · tanh(s / cap), or s where the cap is 0. Rows are <paramref name="stride"/> elements apart.
    /// </summary>
    internal static void Attend<T>(
        ReadOnlySpan<T> query,
        ReadOnlySpan<T> keys,
        ReadOnlySpan<T> values,
        int stride,
        int first,
        int seen,
        T scale,
        T cap,
        Span<T> z)
        where T : IFloatingPointIeee754<T>
    {
        T[] weights = Weights(query, keys, stride, first, seen, scale, cap, []);
        z.Clear();
        for (int key = first; key < seen; key++)
        {
            for (int index = 0; index < z.Length; index++)
            {
                z[index] += weights[key - first] * values[(key * stride) + index];
            }
        }
    }

    /// <summary>
    /// The gradient of <see cref="Attend"/>: writes dQuery and adds to dKeys and dValues, whose rows are <paramref name="stride"/> apart too.
    /// </summary>
    internal static void AttendGradient<T>(
        ReadOnlySpan<T> query,
        ReadOnlySpan<T> keys,
        ReadOnlySpan<T> values,
        int stride,
        int first,
        int seen,
        T scale,
        T cap,
        ReadOnlySpan<T> dz,
        Span<T> dQuery,
        Span<T> dKeys,
        Span<T> dValues)
        where T : IFloatingPointIeee754<T>
    {
        T[] slopes = new T[seen - first], gradients = new T[seen - first];
        T[] weights = Weights(query, keys, stride, first, seen, scale, cap, slopes);
        for (int key = first; key < seen; key++)
        {
            gradients[key - first] = Dot(dz, values.Slice(key * stride, dz.Length));
        }

        SoftmaxGradient<T>(weights, gradients, gradients);
        dQuery.Clear();
        for (int key = first; key < seen; key++)
        {
            T gradient = gradients[key - first] * slopes[key - first] * scale;
            for (int index = 0; index < dz.Length; index++)
            {
                dQuery[index] += gradient * keys[(key * stride) + index];
                dKeys[(key * stride) + index] += gradient * query[index];
                dValues[(key * stride) + index] += weights[key - first] * dz[index];
            }
        }
    }

    /// <summary>The weights of the keys that a query sees, and the derivatives of its cap.</summary>
    private static T[] Weights<T>(
        ReadOnlySpan<T> query, ReadOnlySpan<T> keys, int stride, int first, int seen, T scale, T cap, Span<T> slopes)
        where T : IFloatingPointIeee754<T>
    {
        T[] weights = new T[seen - first];
        for (int key = first; key < seen; key++)
        {
            T score = Dot(query, keys.Slice(key * stride, query.Length)) * scale;
            T tanh = cap == T.Zero ? T.Zero : T.Tanh(score / cap);
            weights[key - first] = cap == T.Zero ? score : cap * tanh;
            if (!slopes.IsEmpty)
            {
                slopes[key - first] = T.One - (tanh * tanh);
            }
        }

        Softmax<T>(weights, weights);
        return weights;
    }
}
