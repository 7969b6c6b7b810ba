namespace Pellucid.Tensors.Kernels;

/// <summary>The sizes of one pooling, of images [batch, row, column, channel].</summary>
internal readonly record struct PoolShape(int Batch, int Height, int Width, int Channels, WindowAxis Rows, WindowAxis Columns, Padding2D Padding)
{
    internal int OutHeight => Rows.Count;

    internal int OutWidth => Columns.Count;

    internal static PoolShape Of(int batch, int height, int width, int channels, Pooling2D options) => new(
        batch,
        height,
        width,
        channels,
        Axis(height, options.Kernel.Height, options.Stride.Height, options.Padding.Top, options.Padding.Bottom, options.CeilingMode),
        Axis(width, options.Kernel.Width, options.Stride.Width, options.Padding.Left, options.Padding.Right, options.CeilingMode),
        options.Padding);

    /// <summary>How many values the mean of a window divides by, per axis: those inside the input, or inside the padded input.</summary>
    internal int Divisor(int row, int column, bool countPadding)
    {
        static int Size(WindowAxis axis, int window, int size, int before, int after, bool padded)
        {
            int first = (window * axis.Step) + axis.First;
            int last = Math.Min(first + axis.Taps, size + (padded ? after : 0));
            return last - (padded ? first : Math.Max(first, 0));
        }

        return Size(Rows, row, Height, Padding.Top, Padding.Bottom, countPadding)
            * Size(Columns, column, Width, Padding.Left, Padding.Right, countPadding);
    }

    private static WindowAxis Axis(int size, int kernel, int stride, int before, int after, bool ceiling)
    {
        int count = ConvolutionShape.Count(size + before + after + (ceiling ? stride - 1 : 0), kernel, stride, 1);
        if (ceiling && count > 0 && (count - 1) * stride >= size + before)
        {
            count--;
        }

        return WindowAxis.Forward(count, kernel, stride, 1, before);
    }
}
