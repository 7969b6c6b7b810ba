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
    /// z of one query over keys and values [keys, size]: softmax(scale · q·k) v over the first <paramref name="seen"/> keys. Rows of keys
    /// and values are <paramref name="stride"/> elements apart.
    /// </summary>
    internal static void Attend<T>(
        ReadOnlySpan<T> query, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, int stride, int seen, T scale, Span<T> z)
        where T : IFloatingPointIeee754<T>
    {
        T[] weights = new T[seen];
        for (int key = 0; key < seen; key++)
        {
            weights[key] = Dot(query, keys.Slice(key * stride, query.Length)) * scale;
        }

        Softmax<T>(weights, weights);
        z.Clear();
        for (int key = 0; key < seen; key++)
        {
            for (int index = 0; index < z.Length; index++)
            {
                z[index] += weights[key] * values[(key * stride) + index];
            }
        }
    }
}
