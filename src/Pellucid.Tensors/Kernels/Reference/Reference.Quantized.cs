using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>Rows as products with eight-bit weights see them: each 32 inputs rounded to whole steps of the 32767th part of their largest magnitude.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="width">Values in a row.</param>
    internal static T[] RoundedRows<T>(ReadOnlySpan<T> rows, int width)
        where T : IBinaryFloatingPointIeee754<T>
    {
        T[] result = rows.ToArray();
        for (int row = 0; row < result.Length; row += Math.Max(1, width))
        {
            for (int first = 0; first < width; first += QuantizedLayout.Block)
            {
                Span<T> block = result.AsSpan(row + first, Math.Min(QuantizedLayout.Block, width - first));
                T most = T.Zero;
                foreach (T value in block)
                {
                    most = T.Max(most, T.Abs(value));
                }

                T steps = T.CreateChecked(short.MaxValue);
                foreach (ref T value in block)
                {
                    value = most > T.Zero ? T.Round(value * (steps / most)) * (most / steps) : value;
                }
            }
        }

        return result;
    }
}
