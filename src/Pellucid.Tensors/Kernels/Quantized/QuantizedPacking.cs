using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Rounds blocks of 32 inputs to signed bytes with a scale for each output. A block whose values are whole multiples of one number, as those are
/// that came out of a quantized checkpoint, is held exactly: the largest magnitude is taken for 127 of that number, or for what the usual
/// types have as their largest (43, 25 and 8 in IQ2_XXS, 8 and 7 in four bits), whichever leaves no residue. Else it is 127, rounded to nearest.
/// </summary>
internal static unsafe class QuantizedPacking
{
    private const int Width = PackedMatrix.PanelWidth;
    private const int Lanes = 8;

    private static ReadOnlySpan<float> Largest => [43, 127, 25, 8, 7];

    /// <summary>Packs one block.</summary>
    /// <param name="wide">[32][48] floats.</param>
    /// <param name="target">The block, as <see cref="QuantizedLayout"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(float* wide, byte* target)
    {
        for (int column = 0; column < Width; column += Lanes)
        {
            Vector256<float> most = default;
            for (int k = 0; k < QuantizedLayout.Block; k++)
            {
                most = Vector256.Max(most, Vector256.Abs(Vector256.Load(wide + (k * Width) + column))); // NaN stays
            }

            Vector256<float> scale = Scale(wide + column, most);
            Vector256.Store(scale, (float*)target + column);
            Vector256<float> divisor = Vector256.ConditionalSelect(Vector256.Equals(scale, default), Vector256<float>.One, scale);
            byte* to = target + QuantizedLayout.ScaleBytes + (2 * column);
            for (int k = 0; k < QuantizedLayout.Block; k += 2, to += QuantizedLayout.PairBytes)
            {
                Vector256<int> first = Steps(wide + (k * Width) + column, divisor), second = Steps(wide + ((k + 1) * Width) + column, divisor);
                Vector256<int> pairs = (first & Vector256.Create(255)) | ((second & Vector256.Create(255)) << 8);
                Vector128.Store(Vector128.Narrow(pairs.GetLower().AsUInt32(), pairs.GetUpper().AsUInt32()), (ushort*)to);
            }
        }
    }

    /// <summary>One value of a block: of an input within it, and an output.</summary>
    internal static float Value(byte* block, int within, int column) =>
        ((float*)block)[column] * ((sbyte*)block)[QuantizedLayout.ScaleBytes + (within / 2 * QuantizedLayout.PairBytes) + (2 * column) + (within & 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(float* wide, Vector256<float> most)
    {
        Vector256<float> chosen = most / Vector256.Create(127f), found = default;
        foreach (float steps in Largest)
        {
            Vector256<float> scale = most / Vector256.Create(steps), residue = default;
            for (int k = 0; k < QuantizedLayout.Block; k++)
            {
                Vector256<float> value = Vector256.Load(wide + (k * Width));
                residue = Vector256.BitwiseOr(residue, Vector256.FusedMultiplyAdd(-Vector256.Round(value / scale), scale, value));
            }

            // ±0 alone is no residue; where all is 0 the residue is NaN, and so is the scale of 0 / steps of no account
            Vector256<float> exact = Vector256.Equals(residue & Vector256.Create(0x7FFFFFFF).AsSingle(), default);
            chosen = Vector256.ConditionalSelect(exact & ~found, scale, chosen);
            found |= exact;
            if (Vector256.EqualsAll(found.AsInt32(), Vector256<int>.AllBitsSet))
            {
                break;
            }
        }

        return chosen;
    }

    /// <summary>At most 127 steps, also where values are so small that the scale itself was rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Steps(float* values, Vector256<float> divisor) => Vector256.Clamp(
        Vector256.ConvertToInt32(Vector256.Round(Vector256.Load(values) / divisor)), Vector256.Create(-127), Vector256.Create(127));
}
