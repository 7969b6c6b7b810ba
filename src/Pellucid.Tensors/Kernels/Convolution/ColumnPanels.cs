namespace Pellucid.Tensors.Kernels;

/// <summary>
/// How the columns of a convolution's weights are cut: in panels of one to three groups of sixteen, as equal as they can be, since a panel
/// of a single group keeps the multipliers waiting for loads. A panel is <c>[k][its columns]</c>; what the last one lacks is zeros.
/// The layout is the same for every instruction set.
/// </summary>
internal static class ColumnPanels
{
    internal const int Group = 16;
    internal const int WidestPanel = 3 * Group;

    /// <summary>Columns with the zeros that fill the last group.</summary>
    internal static int Padded(int columns) => (columns + Group - 1) / Group * Group;

    internal static int Count(int columns) => (columns + WidestPanel - 1) / WidestPanel;

    /// <summary>The first column of a panel; that of the panel after it is where it ends.</summary>
    internal static int First(int columns, int panel) => Share(Padded(columns) / Group, Count(columns), panel) * Group;

    /// <summary>Where the share <paramref name="index"/> begins of <paramref name="total"/> cut into equal shares, larger ones first.</summary>
    internal static int Share(int total, int shares, int index) => (total / shares * index) + Math.Min(index, total % shares);
}
