using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Copies between an array [position, head, d] and what attention computes with. The rows of one head are often a multiple of 1 KB apart
/// and would push each other out of the first-level cache, so each copy works on a few rows at a time, from end to end.
/// </summary>
internal static unsafe class HeadPacking
{
    private const int Panel = Tile.PanelRows;

    /// <summary>Rows [keys, size] to panels of eight columns, [panel][key][8]; the last panel's missing columns are not filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ColumnPanels(float* source, nint stride, int keys, int size, float* panels)
    {
        nint panel = (nint)keys * Panel;
        for (int first = 0; first < keys; first += Panel)
        {
            int last = Math.Min(first + Panel, keys);
            float* to = panels + ((nint)first * Panel);
            int d = 0;
            for (; d <= size - Panel; d += Panel)
            {
                float* from = source + d;
                float* target = to;
                for (int key = first; key < last; key++)
                {
                    Vector256.Store(Vector256.Load(from), target);
                    from += stride;
                    target += Panel;
                }

                to += panel;
            }

            for (int key = 0; d < size && key < last - first; key++)
            {
                Unsafe.CopyBlockUnaligned(to + (key * Panel), source + (key * stride) + d, (uint)(size - d) * sizeof(float));
            }

            source += Panel * stride;
        }
    }

    /// <summary>Columns [size][48] to <paramref name="count"/> rows of <paramref name="size"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rows(float* columns, int size, int count, float* target, nint stride)
    {
        for (int row = 0; row < count; row += Panel)
        {
            Packing.Interleave(columns + row, QueryBlock.Lanes, size, Math.Min(Panel, count - row), target + (row * stride), stride);
        }
    }
}
