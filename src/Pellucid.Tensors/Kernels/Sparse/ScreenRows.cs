using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Rows as 16-bit integers: q = round(x / s), |q| ≤ 32767 and ‖q‖ ≤ 46340 − √width, so that every sum of products of two such rows fits
/// 32 bits (Cauchy and Schwarz). Of each row it keeps what the error bound needs.
/// </summary>
internal static unsafe class ScreenRows
{
    /// <summary>A row's norm in integers: two of them multiply to less than 2^31, rounding (at most half a step in each place) included.</summary>
    internal static double NormInSteps(int width) => 46_340 - Math.Sqrt(width);

    // Squares of such rows, and of their residues, neither overflow nor lose what counts among the subnormal numbers.
    private const float LeastNorm = 1e-12f;
    private const float MostNorm = 1e15f;

    /// <summary>
    /// Writes width integers, and one more of 0 where the width is odd. False where the row holds NaN or infinity or its norm is outside
    /// what the bound is proven for; a row of zeros is fine.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Quantize(float* row, int width, short* integers, out ScreenNorms norms)
    {
        double squares = 0;
        float largest = 0;
        for (int i = 0; i < width; i += 256)
        {
            squares += Squares(row + i, Math.Min(256, width - i), ref largest);
        }

        norms = default;
        integers[width + (width & 1) - 1] = 0;
        if (squares == 0 && largest == 0)
        {
            new Span<short>(integers, width).Clear();
            return true;
        }

        float norm = (float)Math.Sqrt(squares);
        if (!(norm is >= LeastNorm and <= MostNorm))
        {
            return false;
        }

        float scale = (float)Math.Max(norm * 1.00001 / NormInSteps(width), largest * 1.00001 / short.MaxValue);
        float inverse = 1 / scale;
        double residues = 0;
        for (int i = 0; i < width; i += 256)
        {
            residues += Round(row + i, Math.Min(256, width - i), scale, inverse, integers + i);
        }

        norms = new(scale, norm * 1.00001f, ((float)Math.Sqrt(residues) * 1.0001f) + (1e-7f * norm));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Squares(float* row, int count, ref float largest)
    {
        Vector256<float> sum = default, most = default;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<float> x = Vector256.Load(row + i);
            sum = Vector256.FusedMultiplyAdd(x, x, sum);
            most = Vector256.Max(most, Vector256.Abs(x));
        }

        float total = Vector256.Sum(sum);
        for (int lane = 0; lane < 8; lane++)
        {
            largest = Math.Max(largest, most.GetElement(lane));
        }

        for (; i < count; i++)
        {
            total += row[i] * row[i];
            largest = Math.Max(largest, Math.Abs(row[i]));
        }

        return total;
    }

    /// <summary>Returns Σ (x − s q)², each residue rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Round(float* row, int count, float scale, float inverse, short* integers)
    {
        Vector256<float> sum = default, minus = Vector256.Create(-scale), factor = Vector256.Create(inverse);
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            Vector256<float> x = Vector256.Load(row + i), y = Vector256.Load(row + i + 8);
            Vector256<float> p = Vector256.Round(x * factor), q = Vector256.Round(y * factor);
            Vector256<float> r = Vector256.FusedMultiplyAdd(minus, p, x), s = Vector256.FusedMultiplyAdd(minus, q, y);
            sum = Vector256.FusedMultiplyAdd(s, s, Vector256.FusedMultiplyAdd(r, r, sum));
            Vector256.Store(Vector256.Narrow(Vector256.ConvertToInt32Native(p), Vector256.ConvertToInt32Native(q)), integers + i);
        }

        float total = Vector256.Sum(sum);
        for (; i < count; i++)
        {
            float p = MathF.Round(row[i] * inverse), r = MathF.FusedMultiplyAdd(-scale, p, row[i]);
            integers[i] = (short)p;
            total = MathF.FusedMultiplyAdd(r, r, total);
        }

        return total;
    }
}

/// <summary>Of a row x ≈ s q: the scale s, ‖x‖ and ‖x − s q‖, both rounded up.</summary>
internal readonly record struct ScreenNorms(float Scale, float Norm, float Residue);
