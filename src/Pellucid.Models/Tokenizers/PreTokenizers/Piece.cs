using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>A part of a normalized text, which the model takes for itself.</summary>
internal readonly record struct Piece(AlignedText Text, int Start, int End)
{
    internal ReadOnlySpan<char> Span => Text.Text.AsSpan(Start, End - Start);

    /// <summary>Whether the original text begins with it.</summary>
    internal bool AtStart => Text.AtStart && Start == 0;

    internal Piece Part(int start, int end) => new(Text, Start + start, Start + end);
}
