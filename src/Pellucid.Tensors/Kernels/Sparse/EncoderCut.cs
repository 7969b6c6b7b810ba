namespace Pellucid.Tensors.Kernels;

/// <summary>
/// How the product of an encoder is cut: blocks of rows, whose packed form stays in the second cache while the weights stream past, by
/// ranges of panels where there are too few rows to share. It depends on the sizes alone.
/// </summary>
internal readonly struct EncoderCut
{
    internal const int DepthBlock = 768;
    private const int MostRows = 192;
    private const int FewestRows = 32;
    private const int WantedParts = 8;
    private const int FewestPanels = 8;

    internal EncoderCut(int rows, int width, int latents)
    {
        RowPanels = (rows + Tile.PanelRows - 1) / Tile.PanelRows;
        Panels = (latents + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        int most = Math.Max(FewestRows, MostRows * DepthBlock / Math.Max(DepthBlock, width));
        int fewest = (rows + most - 1) / most, wanted = Math.Min(WantedParts, (rows + FewestRows - 1) / FewestRows);
        RowBlocks = Math.Max(1, Math.Max(fewest > 1 ? fewest + (fewest & 1) : 1, wanted)); // even: two processors end together
        Splits = Math.Clamp(WantedParts / RowBlocks, 1, Math.Max(1, Panels / FewestPanels));
    }

    internal int RowPanels { get; }

    internal int Panels { get; }

    internal int RowBlocks { get; }

    internal int Splits { get; }

    internal int Parts => RowBlocks * Splits;

    /// <summary>The first panel of rows of a block; that of the next block ends it. Blocks differ by one panel at most.</summary>
    internal int RowPanel(int block) => (int)((long)block * RowPanels / RowBlocks);

    /// <summary>The first panel of latents of a split.</summary>
    internal int Panel(int split) => (int)((long)split * Panels / Splits);

    /// <summary>Rows of the largest block.</summary>
    internal int BlockRows => ((RowPanels + RowBlocks - 1) / RowBlocks) * Tile.PanelRows;
}
