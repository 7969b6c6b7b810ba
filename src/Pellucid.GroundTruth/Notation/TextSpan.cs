namespace Pellucid.GroundTruth.Notation;

/// <summary>A stretch of a program's text.</summary>
/// <param name="Start">The first character, from 0.</param>
/// <param name="Length">How many characters.</param>
internal readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The character after the last one.</summary>
    internal int End => Start + Length;

    /// <summary>From the start of this stretch to the end of another.</summary>
    internal TextSpan To(TextSpan last) => new(Start, last.End - Start);
}
