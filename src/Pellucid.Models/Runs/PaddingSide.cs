namespace Pellucid.Models;

/// <summary>On which side the shorter sequences of a batch are padded.</summary>
public enum PaddingSide
{
    /// <summary>Behind: all begin at the first column.</summary>
    Right,

    /// <summary>In front: all end at the last column, as those do that are continued together.</summary>
    Left,
}
