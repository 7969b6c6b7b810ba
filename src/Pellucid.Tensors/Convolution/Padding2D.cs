namespace Pellucid.Tensors;

/// <summary>Rows and columns added around an image, each side by itself; none negative. Immutable, safe for any thread.</summary>
/// <param name="Top">Rows above the first.</param>
/// <param name="Left">Columns before the first.</param>
/// <param name="Bottom">Rows below the last.</param>
/// <param name="Right">Columns after the last.</param>
public readonly record struct Padding2D(int Top, int Left, int Bottom, int Right)
{
    /// <summary>No padding.</summary>
    public static Padding2D None => default;

    internal bool IsNone => this == default;

    /// <summary>The same on all four sides.</summary>
    /// <param name="size">Rows and columns on each side, 0 or more.</param>
    public static Padding2D All(int size) => new(size, size, size, size);

    /// <summary>
    /// What makes the output of a stride s the size of the input divided by s, rounded up; where the sum is odd, the extra row or column is
    /// at the bottom or right, as TensorFlow's <c>SAME</c> has it.
    /// </summary>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Rows and columns between windows.</param>
    /// <param name="dilation">Rows and columns between neighbours in the window.</param>
    public static Padding2D Same(int height, int width, Size2D kernel, Size2D stride, Size2D dilation)
    {
        int rows = Sum(height, kernel.Height, stride.Height, dilation.Height);
        int columns = Sum(width, kernel.Width, stride.Width, dilation.Width);
        return new(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));
    }

    /// <summary><c>top 1, left 1, bottom 0, right 0</c>.</summary>
    public override string ToString() => $"top {Top}, left {Left}, bottom {Bottom}, right {Right}";

    private static int Sum(int size, int kernel, int stride, int dilation) =>
        Math.Max(0, ((((size + stride - 1) / stride) - 1) * stride) + ((kernel - 1) * dilation) + 1 - size);
}
