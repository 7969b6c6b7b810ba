namespace Pellucid.Tensors;

/// <summary>Rows and columns: of a window, between windows, or between a window's neighbours. Immutable, safe for any thread.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>As many rows as columns.</summary>
    /// <param name="side">Rows, and columns.</param>
    public static implicit operator Size2D(int side) => new(side, side);

    /// <summary><c>3×3</c>.</summary>
    public override string ToString() => $"{Height}×{Width}";
}
