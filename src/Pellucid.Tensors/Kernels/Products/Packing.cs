using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Copies matrices into the order in which <see cref="Tile"/> reads them: A in panels of eight rows, <c>[k][8]</c>, and B in panels of 48
/// columns, <c>[k][48]</c>. Where rows or columns run out, panels of B are filled with zeros, panels of A are not filled.
/// </summary>
internal static unsafe partial class Packing
{
    private const int Group = 8; // panels of A filled together: four lines of a row, so that each is read once

    /// <summary>
    /// Packs rows×depth elements; element (row, k) is at <c>source[row · strideRow + k · strideDepth]</c>, one of the
    /// strides being 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PackRows(float* source, nint strideRow, nint strideDepth, int rows, int depth, float* panels)
    {
        if (strideDepth != 1)
        {
            PackTurnedRows(source, strideRow, strideDepth, rows, depth, panels);
            return;
        }

        for (int row = 0; row < rows; row += Tile.PanelRows)
        {
            int count = Math.Min(Tile.PanelRows, rows - row);
            Interleave(source + (row * strideRow), strideRow, count, depth, panels + ((nint)row * depth), Tile.PanelRows);
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
        if (columns < Width)
        {
            new Span<float>(panel, checked(depth * Width)).Clear();
        }

        if (strideColumn != 1)
        {
            Interleave(source, strideColumn, columns, depth, panel, Width);
            return;
        }

        for (int k = 0; k < depth; k++, source += strideDepth, panel += Width)
        {
            if (columns == Width)
            {
                Vector512<float> first = Vector512.Load(source);
                Vector512<float> second = Vector512.Load(source + 16);
                Vector512<float> third = Vector512.Load(source + 32);
                Vector512.Store(first, panel);
                Vector512.Store(second, panel + 16);
                Vector512.Store(third, panel + 32);
            }
            else
            {
                Unsafe.CopyBlockUnaligned(panel, source, (uint)columns * sizeof(float));
            }
        }
    }

    /// <summary>Rounds to bfloat16: to nearest, ties to even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Narrow(float* source, ushort* target, nint count)
    {
        nint index = 0;
        for (; index + 16 <= count; index += 16)
        {
            Vector256.Store(Vector256.Narrow(Narrow(source + index), Narrow(source + index + 8)), target + index);
        }

        for (; index < count; index++)
        {
            target[index] = DTypes.ToBFloat16(source[index]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Narrow(float* source)
    {
        Vector256<float> value = Vector256.Load(source);
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> high = bits >>> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + (high & Vector256<uint>.One)) >>> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, high | Vector256.Create(0x40u));
    }

    /// <summary>Rows that are columns as stored: for each k, whole panels are runs of eight.</summary>
    private static void PackTurnedRows(float* source, nint strideRow, nint strideDepth, int rows, int depth, float* panels)
    {
        int whole = strideRow == 1 ? rows / Tile.PanelRows * Tile.PanelRows : 0;
        for (int row = 0; row < whole; row += Group * Tile.PanelRows)
        {
            int count = Math.Min(Group * Tile.PanelRows, whole - row);
            float* from = source + row;
            float* to = panels + ((nint)row * depth);
            int k = 0;
            for (; k + 2 <= depth; k += 2, from += 2 * strideDepth, to += 2 * Tile.PanelRows)
            {
                // Two k fill a line of each panel, so that no line is written twice: the panels are often a multiple of a page apart.
                float* panel = to;
                for (int within = 0; within < count; within += Tile.PanelRows, panel += (nint)Tile.PanelRows * depth)
                {
                    Vector512.Store(Vector512.Create(Vector256.Load(from + within), Vector256.Load(from + strideDepth + within)), panel);
                }
            }

            for (; k < depth; k++, from += strideDepth, to += Tile.PanelRows)
            {
                float* panel = to;
                for (int within = 0; within < count; within += Tile.PanelRows, panel += (nint)Tile.PanelRows * depth)
                {
                    Vector256.Store(Vector256.Load(from + within), panel);
                }
            }
        }

        for (int row = whole; row < rows; row++)
        {
            float* to = panels + ((nint)(row / Tile.PanelRows * Tile.PanelRows) * depth) + (row % Tile.PanelRows);
            for (int k = 0; k < depth; k++)
            {
                to[k * Tile.PanelRows] = source[(row * strideRow) + (k * strideDepth)];
            }
        }
    }
}
