namespace Pellucid.Tensors;

/// <summary>How the windows of a two-dimensional pooling lie over its input. Immutable, safe for any thread.</summary>
public sealed record Pooling2D
{
    /// <summary>Rows and columns of a window, 1 or more.</summary>
    public required Size2D Kernel { get; init; }

    /// <summary>Rows and columns from one window to the next; by default the size of a window.</summary>
    public Size2D Stride { get => field == default ? Kernel : field; init; }

    /// <summary>
    /// Places around the input, on each side at most half a window: for the mean zeros, for the maximum nothing at all. None by default.
    /// </summary>
    public Padding2D Padding { get; init; }

    /// <summary>
    /// Whether a last window that overhangs the input and its padding counts as well, as long as it begins inside the input or the padding
    /// before it. Off by default.
    /// </summary>
    public bool CeilingMode { get; init; }

    /// <summary>Whether the padding counts in the divisor of a mean; on by default, as in PyTorch.</summary>
    public bool CountIncludesPadding { get; init; } = true;
}
