namespace Pellucid.Tensors.Kernels;

/// <summary>The sizes of one convolution. Input and output are [batch, row, column, channel], weights
/// [out_channel, in_channel of the group, kernel_row, kernel_column].</summary>
internal readonly record struct ConvolutionShape
{
    internal required int Batch { get; init; }

    internal required int Height { get; init; }

    internal required int Width { get; init; }

    internal required int Inputs { get; init; }

    internal required int Outputs { get; init; }

    internal required Size2D Kernel { get; init; }

    internal required Size2D Stride { get; init; }

    internal required Size2D Dilation { get; init; }

    internal required Padding2D Padding { get; init; }

    internal required int Groups { get; init; }

    internal int GroupInputs => Inputs / Groups;

    internal int GroupOutputs => Outputs / Groups;

    internal int OutHeight => Count(Height + Padding.Top + Padding.Bottom, Kernel.Height, Stride.Height, Dilation.Height);

    internal int OutWidth => Count(Width + Padding.Left + Padding.Right, Kernel.Width, Stride.Width, Dilation.Width);

    internal bool IsDepthwise => Groups > 1 && GroupInputs == 1 && GroupOutputs == 1;

    /// <summary>Every output is a product of the input at the same place: no window, no step, no border.</summary>
    internal bool IsPointwise => Kernel == new Size2D(1, 1) && Stride == new Size2D(1, 1) && Padding.IsNone && Groups == 1;

    /// <summary>How many windows fit, 0 where none does.</summary>
    internal static int Count(int size, int kernel, int stride, int dilation)
    {
        long room = (long)size - ((long)dilation * (kernel - 1)) - 1;
        return room < 0 ? 0 : (int)(room / stride) + 1;
    }
}
