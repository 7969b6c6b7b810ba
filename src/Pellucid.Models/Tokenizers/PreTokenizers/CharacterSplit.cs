using System.Text;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts at every character of a kind.</summary>
internal sealed class CharacterSplit(Func<Rune, bool> isDelimiter, SplitBehavior behavior) : IPreTokenizer
{
    /// <summary>Words between white space.</summary>
    internal static CharacterSplit AtWhiteSpace { get; } = new(Rune.IsWhiteSpace, SplitBehavior.Removed);

    /// <summary>BERT's words: between white space, each mark of punctuation one of its own.</summary>
    internal static IPreTokenizer Bert { get; } = new PreTokenizerSequence([AtWhiteSpace, new CharacterSplit(Delimiters.IsPunctuation, SplitBehavior.Isolated)]);

    public void Cut(Piece piece, List<Piece> parts) => Delimiters.Cut(piece, Delimiters.Find(piece.Span, isDelimiter), behavior, parts);
}
