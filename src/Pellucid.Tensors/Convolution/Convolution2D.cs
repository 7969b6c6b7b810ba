namespace Pellucid.Tensors;

/// <summary>
/// How the windows of a two-dimensional convolution lie over its input, and what is fused with it. Immutable, safe for any thread.
/// </summary>
/// <remarks>
/// Along each axis the output has (size + padding on both sides − dilation · (kernel − 1) − 1) / stride + 1 values, rounded down.
/// What is computed is a cross-correlation, as in every network library: the kernel is not turned.
/// Windows of 3 × 3 with stride 1, dilation 1 and one group, of 16 channels and more, are multiplied by the algorithm of Winograd (Lavin and Gray
/// 2015, arXiv:1509.09308) on tiles of 2 × 2: the sums are rounded in another order, and each output still depends on its own window alone.
/// </remarks>
public sealed record Convolution2D
{
    /// <summary>Rows and columns from one window to the next, 1 or more; 1 by default.</summary>
    public Size2D Stride { get; init; } = 1;

    /// <summary>Rows and columns from one value of the window to the next, 1 or more; 1 by default.</summary>
    public Size2D Dilation { get; init; } = 1;

    /// <summary>Zeros around the input; none by default.</summary>
    public Padding2D Padding { get; init; }

    /// <summary>
    /// Into how many groups the channels are cut, each output seeing the inputs of its own group alone; as many as channels is a depthwise
    /// convolution. 1 by default.
    /// </summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether negative results become 0; off by default.</summary>
    public bool Relu { get; init; }
}
