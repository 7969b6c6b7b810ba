namespace Pellucid.Tensors.Kernels;

/// <summary>
/// How C is cut into blocks, by its size alone. Blocks are few rows high where rows are few and narrow everywhere: A is packed beforehand,
/// so a narrow block costs nothing, and the last ones to finish keep no thread waiting for long.
/// </summary>
internal readonly struct ProductBlocks
{
    /// <summary>Rows of A in the second-level cache at a time: 192 by 768 floats fill 576 KB.</summary>
    private const int MostRows = 192;
    private const int FewestRows = 32;
    private const int FewestParts = 16;
    private const int WantedParts = 64;
    private const long LongestRowPart = 512 * 1024; // bytes of B
    private const long ShortestRowPart = 32 * 1024;
    private const int WantedRowParts = 8;
    private const double LeastWork = 1 << 19; // multiply-adds worth handing out: some ten microseconds
    private const double MostWork = 1 << 24;

    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="depth">k.</param>
    /// <param name="packed">Whether B is packed. Where it is not, each block packs what it reads of it, so blocks are as high as can be.</param>
    internal ProductBlocks(int rows, int columns, int depth, bool packed = true)
    {
        int blocks = packed ? CeilingDivide(rows, MostRows) : 1;
        int panels = CeilingDivide(columns, PackedMatrix.PanelWidth);
        while (blocks * (long)panels < FewestParts && rows > 2 * FewestRows * blocks && PanelWork(rows / blocks, depth) > 2 * LeastWork)
        {
            blocks *= 2;
        }

        // Blocks of equal size, in whole panels of A.
        Rows = CeilingDivide(CeilingDivide(rows, blocks), Tile.PanelRows) * Tile.PanelRows;
        RowCount = CeilingDivide(rows, Rows);
        double work = PanelWork(Math.Min(Rows, rows), depth);
        double wanted = Math.Clamp(work * panels * RowCount / WantedParts, LeastWork, MostWork);
        int width = (int)Math.Clamp(Math.Round(wanted / work), 1, panels);
        width = CeilingDivide(panels, CeilingDivide(panels, width));
        Columns = width * PackedMatrix.PanelWidth;
        ColumnCount = CeilingDivide(panels, width);
        Small = work * panels * RowCount < LeastWork;
    }

    private ProductBlocks(int columns, int panelsOfPart)
    {
        int panels = CeilingDivide(columns, PackedMatrix.PanelWidth);
        (Rows, RowCount) = (Tile.PanelRows, 1);
        Columns = panelsOfPart * PackedMatrix.PanelWidth;
        ColumnCount = CeilingDivide(panels, panelsOfPart);
        Small = ColumnCount == 1;
    }

    /// <summary>Rows of a block, a multiple of a panel's.</summary>
    internal int Rows { get; }

    /// <summary>Columns of a block, a multiple of a panel's.</summary>
    internal int Columns { get; }

    internal int RowCount { get; }

    internal int ColumnCount { get; }

    /// <summary>The whole product is not worth sharing.</summary>
    internal bool Small { get; }

    internal long Count => (long)RowCount * ColumnCount;

    /// <summary>The blocks of a single row, which is bound by reading B once.</summary>
    /// <param name="columns">Columns of C.</param>
    /// <param name="panelBytes">Bytes of a panel of B.</param>
    internal static ProductBlocks OfRow(int columns, long panelBytes) => new(columns, PanelsOfRowPart(columns, panelBytes));

    /// <summary>Panels that a part of a single row reads. Long parts are read faster; a small matrix is cut into about as many of fewer.</summary>
    internal static int PanelsOfRowPart(int columns, long panelBytes)
    {
        long bytes = Math.Max(1, panelBytes), panels = CeilingDivide(columns, PackedMatrix.PanelWidth);
        long part = Math.Clamp(panels * bytes / WantedRowParts, ShortestRowPart, LongestRowPart);
        return (int)Math.Max(1, (part + (bytes / 2)) / bytes);
    }

    internal static int CeilingDivide(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);

    /// <summary>Multiply-adds of a block with a panel of B; reading B takes as long as eight rows do.</summary>
    private static double PanelWork(int rows, int depth) =>
        Math.Max(rows, Tile.PanelRows) * (double)PackedMatrix.PanelWidth * Math.Max(depth, 1);
}
