using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The product of one panel [k][8] and columns that are whole vectors, in tiles of equal width.</summary>
internal static unsafe class PanelProduct
{
    /// <summary>
    /// C [rows, columns] = (C or 0) + A B, for A up to eight rows of a panel [k][8] and B [k] rows that are strideB floats apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply<TSimd, TVector>(
        int rows, int columns, float* a, float* b, nint strideB, nint depth, float* c, nint strideC, bool add)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int vectors = columns / TSimd.Width;
        int tiles = (vectors + 2) / 3;
        for (int row = 0; row < rows; row += TSimd.TileRows)
        {
            int tileRows = Math.Min(TSimd.TileRows, rows - row);
            for (int tile = 0; tile < tiles; tile++)
            {
                int first = vectors * tile / tiles;
                int count = (vectors * (tile + 1) / tiles) - first;
                int column = first * TSimd.Width;
                Tiles.Multiply<TSimd, TVector>(
                    tileRows, count, a + row, b + column, strideB, depth, c + (row * strideC) + column, strideC, add, null);
            }
        }
    }
}
