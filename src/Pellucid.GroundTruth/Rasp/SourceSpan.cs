namespace Pellucid.GroundTruth;

/// <summary>Where an expression stands in the text of a program. Immutable.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column of the first character, from 1.</param>
/// <param name="Text">The expression as it is written there.</param>
public sealed record SourceSpan(int Line, int Column, string Text)
{
    /// <summary>The file, or null where the text came from no file.</summary>
    public string? File { get; init; }

    /// <summary>The place without the text: <c>file:3:5</c>, or <c>line 3, column 5</c>.</summary>
    public string Place => File is null ? $"line {Line}, column {Column}" : $"{File}:{Line}:{Column}";

    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Text}";
}
