namespace Pellucid.Tensors.Kernels;

/// <summary>Y [rows, width] = A [rows, depth] · B [depth, width], and of each row of A its sum.</summary>
internal unsafe struct ActiveProductArguments
{
    /// <summary>A in panels of 48 columns, [panel][row][48]; where it is turned, Aᵀ in panels of its columns, [panel][depth][48].</summary>
    internal float* A;
    internal bool Turned;
    internal int Rows;
    internal int Depth;
    internal int Width;

    /// <summary>B as <see cref="BlockPacking"/> packs it.</summary>
    internal float* Blocks;
    internal float* Y;

    /// <summary>[rows], or null where the sums are not wanted.</summary>
    internal double* Totals;
}
