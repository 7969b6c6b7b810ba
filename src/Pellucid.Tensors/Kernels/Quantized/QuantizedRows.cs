using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Rounds the rows of A to 16-bit integers, each block of 32 inputs with a scale of its own, x ≈ s q, |q| ≤ 32767: an error of at most 2^-16 of the
/// block's largest magnitude. Panels of eight rows: integers <c>[pair][8]</c>, scales <c>[block][8]</c>; what is missing of the last block is zero. A block
/// with a value that is no number has a scale that is none. An item is a panel.
/// </summary>
internal readonly unsafe struct QuantizedRows(float* a, nint stride, int rows, int depth, int* integers, float* scales) : IRangeKernel
{
    private const float Most = short.MaxValue;

    /// <summary>Integers of a panel, a pair in each.</summary>
    internal static nint PanelPairs(int depth) => (nint)QuantizedLayout.Blocks(depth) * QuantizedLayout.Pairs * Tile.PanelRows;

    /// <summary>Scales of a panel.</summary>
    internal static nint PanelScales(int depth) => (nint)QuantizedLayout.Blocks(depth) * Tile.PanelRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long panel = start; panel < end; panel++)
        {
            int first = (int)panel * Tile.PanelRows;
            for (int row = 0; row < Math.Min(Tile.PanelRows, rows - first); row++)
            {
                Row(a + ((first + row) * stride), integers + ((nint)panel * PanelPairs(depth)) + row, scales + ((nint)panel * PanelScales(depth)) + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(float* row, int* to, float* scale)
    {
        float* rest = stackalloc float[QuantizedLayout.Block];
        for (int k = 0; k < depth; k += QuantizedLayout.Block, to += QuantizedLayout.Pairs * Tile.PanelRows, scale += Tile.PanelRows)
        {
            float* from = row + k;
            if (depth - k < QuantizedLayout.Block)
            {
                new Span<float>(rest, QuantizedLayout.Block).Clear();
                new Span<float>(from, depth - k).CopyTo(new Span<float>(rest, QuantizedLayout.Block));
                from = rest;
            }

            Vector256<float> first = Vector256.Load(from), second = Vector256.Load(from + 8), third = Vector256.Load(from + 16), fourth = Vector256.Load(from + 24);
            Vector256<float> largest = Vector256.Max(
                Vector256.Max(Vector256.Abs(first), Vector256.Abs(second)), Vector256.Max(Vector256.Abs(third), Vector256.Abs(fourth)));
            Vector128<float> half = Vector128.Max(largest.GetLower(), largest.GetUpper());
            half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
            float most = MathF.Max(half.ToScalar(), half.GetElement(1));
            *scale = most / Most;
            Vector256<float> factor = Vector256.Create(float.IsFinite(Most / most) ? Most / most : 0); // not of 0, NaN, or what is too small to divide by
            Write(first, factor, to);
            Write(second, factor, to + (4 * Tile.PanelRows));
            Write(third, factor, to + (8 * Tile.PanelRows));
            Write(fourth, factor, to + (12 * Tile.PanelRows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector256<float> values, Vector256<float> factor, int* to)
    {
        Vector256<int> steps = Vector256.ConvertToInt32(Vector256.Round(values * factor));
        Vector128<int> pairs = Vector128.Narrow(steps.GetLower(), steps.GetUpper()).AsInt32();
        to[0] = pairs.GetElement(0);
        to[Tile.PanelRows] = pairs.GetElement(1);
        to[2 * Tile.PanelRows] = pairs.GetElement(2);
        to[3 * Tile.PanelRows] = pairs.GetElement(3);
    }
}
