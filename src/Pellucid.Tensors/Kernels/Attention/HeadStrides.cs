namespace Pellucid.Tensors.Kernels;

/// <summary>
/// How many floats lie between neighbours along the axes of an array [batch, position, head, d], whose last axis is contiguous.
/// </summary>
internal readonly record struct HeadStrides(nint Batch, nint Position, nint Head)
{
    /// <summary>The strides of an array without gaps.</summary>
    internal static HeadStrides Contiguous(int positions, int heads, int size) =>
        new((nint)positions * heads * size, (nint)heads * size, size);

    internal nint Offset(long batch, long position, long head) => (nint)((batch * Batch) + (position * Position) + (head * Head));
}
