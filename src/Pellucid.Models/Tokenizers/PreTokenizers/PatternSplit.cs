using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of a match.</param>
/// <param name="invert">Whether the matches are what is kept and what lies between them are the delimiters.</param>
internal sealed class PatternSplit(TextPattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    /// <summary>Words, and runs of what is neither a word nor white space.</summary>
    internal static PatternSplit Words { get; } = new(TextPattern.Of(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true);

    public void Cut(Piece piece, List<Piece> parts)
    {
        List<(int, int)> matches = [];
        pattern.Find(piece.Span, matches);
        Delimiters.Cut(piece, matches, behavior, parts, invert);
    }
}
