using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Copies matrices into the order in which <see cref="Tile"/> reads them: A in panels of eight rows, <c>[k][8]</c>, and B in panels of 48
/// columns, <c>[k][48]</c>. Where rows or columns run out, panels of B are filled with zeros, panels of A are not filled.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>
    /// Packs rows×depth elements; element (row, k) is at <c>source[row · strideRow + k · strideDepth]</c>, one of the
    /// strides being 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PackRows(float* source, nint strideRow, nint strideDepth, int rows, int depth, float* panels)
    {
        for (int row = 0; row < rows; row += Tile.PanelRows)
        {
            int count = Math.Min(Tile.PanelRows, rows - row);
            float* panel = panels + ((nint)row * depth);
            float* from = source + (row * strideRow);
            if (strideDepth == 1)
            {
                Interleave(from, strideRow, count, depth, panel, Tile.PanelRows);
                continue;
            }

            for (int k = 0; k < depth; k++)
            {
                if (count == Tile.PanelRows)
                {
                    Vector256.Store(Vector256.Load(from + (k * strideDepth)), panel + (k * Tile.PanelRows));
                }
                else
                {
                    for (int r = 0; r < count; r++)
                    {
                        panel[(k * Tile.PanelRows) + r] = from[(r * strideRow) + (k * strideDepth)];
                    }
                }
            }
        }
    }

    /// <summary>
    /// Packs one panel of B: depth×columns elements, element (k, column) at <c>source[k · strideDepth + column · strideColumn]</c>, one of
    /// the strides being 1; at most 48 columns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PackColumns(float* source, nint strideDepth, nint strideColumn, int depth, int columns, float* panel)
    {
        const int Width = PackedMatrix.PanelWidth;
        if (strideColumn == 1)
        {
            for (int k = 0; k < depth; k++)
            {
                float* target = panel + ((nint)k * Width);
                Unsafe.CopyBlockUnaligned(target, source + (k * strideDepth), (uint)columns * sizeof(float));
                new Span<float>(target + columns, Width - columns).Clear();
            }

            return;
        }

        if (columns < Width)
        {
            new Span<float>(panel, checked(depth * Width)).Clear();
        }

        Interleave(source, strideColumn, columns, depth, panel, Width);
    }

    /// <summary>The rows of a matrix (count×depth) become columns: target[k · strideTarget + row] = source[row · stride + k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Interleave(float* source, nint stride, int count, int depth, float* target, nint strideTarget)
    {
        int row = 0;
        if (Sse.IsSupported)
        {
            for (; row + 4 <= count; row += 4)
            {
                Interleave4(source + (row * stride), stride, depth, target + row, strideTarget);
            }
        }

        for (; row < count; row++)
        {
            float* from = source + (row * stride);
            float* to = target + row;
            for (int k = 0; k < depth; k++)
            {
                *to = from[k];
                to += strideTarget;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave4(float* source, nint stride, int depth, float* target, nint strideTarget)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4)
        {
            Vector128<float> r0 = Vector128.Load(source + k);
            Vector128<float> r1 = Vector128.Load(source + stride + k);
            Vector128<float> r2 = Vector128.Load(source + (2 * stride) + k);
            Vector128<float> r3 = Vector128.Load(source + (3 * stride) + k);
            Vector128<float> low01 = Sse.UnpackLow(r0, r1);
            Vector128<float> low23 = Sse.UnpackLow(r2, r3);
            Vector128<float> high01 = Sse.UnpackHigh(r0, r1);
            Vector128<float> high23 = Sse.UnpackHigh(r2, r3);
            float* to = target + (k * strideTarget);
            Vector128.Store(Sse.MoveLowToHigh(low01, low23), to);
            Vector128.Store(Sse.MoveHighToLow(low23, low01), to + strideTarget);
            Vector128.Store(Sse.MoveLowToHigh(high01, high23), to + (2 * strideTarget));
            Vector128.Store(Sse.MoveHighToLow(high23, high01), to + (3 * strideTarget));
        }

        for (; k < depth; k++)
        {
            for (int row = 0; row < 4; row++)
            {
                target[(k * strideTarget) + row] = source[(row * stride) + k];
            }
        }
    }
}
