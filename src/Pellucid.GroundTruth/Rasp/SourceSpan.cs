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

    /// <summary>The whole line that the expression begins in; null where it is not known.</summary>
    public string? LineText { get; init; }

    /// <summary>The line and, below it, a sign under each character of the expression; null where the line is not known.</summary>
    public string? Excerpt()
    {
        const int Shown = 100;
        if (LineText is null)
        {
            return null;
        }

        int from = Math.Max(0, Math.Min(Column - 1 - (Shown / 2), LineText.Length - Shown));
        string shown = LineText.Substring(from, Math.Min(Shown, LineText.Length - from)).Replace('\t', ' ');
        int at = Math.Min(Column - 1 - from, shown.Length);
        return $"  {shown}\n  {new string(' ', at)}{new string('^', Math.Clamp(Text.Length, 1, Math.Max(1, shown.Length - at)))}";
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Text}";
}
