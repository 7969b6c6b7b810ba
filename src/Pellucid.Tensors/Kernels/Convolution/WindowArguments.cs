namespace Pellucid.Tensors.Kernels;

/// <summary>What <see cref="WindowProduct"/> multiplies: windows of a source image by panels of weights.</summary>
internal unsafe struct WindowArguments
{
    /// <summary>[batch, row, column, channel].</summary>
    internal float* Source;

    /// <summary>Values laid out as the source: where one is not above 0, the source counts as 0. Null for none.</summary>
    internal float* Mask;

    internal int Batch;
    internal int SourceHeight;
    internal int SourceWidth;

    /// <summary>Channels of all groups.</summary>
    internal int SourceChannels;

    internal int Groups;
    internal WindowAxis Rows;
    internal WindowAxis Columns;

    /// <summary>For each group the panels of <see cref="ColumnPanels"/>, k running over tap rows, tap columns and channels.</summary>
    internal float* Panels;

    /// <summary>Outputs of a group.</summary>
    internal int Outputs;

    /// <summary>For each group its outputs, filled up to whole panels; null for none.</summary>
    internal float* Bias;

    internal bool Relu;

    /// <summary>Where window (0, 0) of the first image goes; outputs are one after another, group by group.</summary>
    internal float* Target;

    internal nint TargetBatchStride;
    internal nint TargetRowStride;
    internal nint TargetColumnStride;

    internal readonly int GroupChannels => SourceChannels / Groups;

    /// <summary>k: values of a window in one group.</summary>
    internal readonly int Depth => Rows.Taps * Columns.Taps * GroupChannels;

    /// <summary>
    /// Where windows are single places, the whole batch is made one image of as many rows as it has places, so that bands need not end where
    /// rows of an image do.
    /// </summary>
    internal void Flatten()
    {
        int places = checked(Batch * SourceHeight * SourceWidth);
        Batch = 1;
        SourceHeight = places;
        SourceWidth = 1;
        Rows = new(places, 1, 0, 1, 1);
        Columns = new(1, 1, 0, 1, 1);
        TargetRowStride = TargetColumnStride;
    }
}
