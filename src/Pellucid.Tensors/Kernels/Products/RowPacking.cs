using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Packs A for a product, once, before the blocks of C are shared out: for each block of k, panels of eight rows, <c>[k][8]</c>. An item is a
/// panel.
/// </summary>
internal readonly unsafe struct RowPacking(
    float* a, nint strideRow, nint strideDepth, int rows, int depth, int depthBlock, float* packed) : IRangeKernel
{
    private const int PartLength = 32 * 1024;

    internal static void Run(
        float* a, nint strideRow, nint strideDepth, int rows, int depth, int depthBlock, float* packed)
    {
        long panels = ProductBlocks.CeilingDivide(rows, Tile.PanelRows);
        long grain = Math.Max(1, PartLength / Tile.PanelRows / Math.Max(1, depth));
        Dispatch.Run(new RowPacking(a, strideRow, strideDepth, rows, depth, depthBlock, packed), panels, grain);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int first = (int)(start * Tile.PanelRows);
        int count = (int)Math.Min(end * Tile.PanelRows, rows) - first;
        nint padded = ProductBlocks.CeilingDivide(rows, Tile.PanelRows) * (nint)Tile.PanelRows;
        for (int k = 0; k < depth; k += depthBlock)
        {
            int block = Math.Min(depthBlock, depth - k);
            Packing.PackRows(
                a + (first * strideRow) + (k * strideDepth), strideRow, strideDepth, count, block,
                packed + (k * padded) + ((nint)first * block));
        }
    }
}
