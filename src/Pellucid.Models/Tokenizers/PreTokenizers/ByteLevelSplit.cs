using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>GPT-2's pre-tokenizer: a space in front where asked for, words with the space before them, and bytes as characters.</summary>
/// <param name="addPrefixSpace">Whether a piece that begins with no space gets one.</param>
/// <param name="cutsWords">Whether it cuts words.</param>
/// <param name="spellsBytes">Whether it spells the bytes; not where the model does so itself.</param>
internal sealed class ByteLevelSplit(bool addPrefixSpace, bool cutsWords, bool spellsBytes) : IPreTokenizer
{
    internal const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly TextPattern Words = TextPattern.Of(Pattern);

    /// <summary>The same, for a model that spells the bytes itself.</summary>
    internal ByteLevelSplit WithoutSpelling => new(addPrefixSpace, cutsWords, spellsBytes: false);

    public void Cut(Piece piece, List<Piece> parts)
    {
        if (addPrefixSpace && piece.Span is not [' ', ..])
        {
            AlignedText text = piece.Text.Slice(piece.Start, piece.End);
            AlignedTextBuilder builder = new(text);
            builder.Replace(0, 0, " ");
            builder.Copy(0, text.Text.Length);
            text = builder.Build();
            piece = new Piece(text, 0, text.Text.Length);
        }

        int first = parts.Count;
        if (cutsWords)
        {
            List<(int, int)> words = [];
            Words.Find(piece.Span, words);
            Delimiters.Cut(piece, words, SplitBehavior.Isolated, parts);
        }
        else
        {
            parts.Add(piece);
        }

        for (int i = first; spellsBytes && i < parts.Count; i++)
        {
            AlignedText spelled = ByteAlphabet.Spell(parts[i].Text.Slice(parts[i].Start, parts[i].End));
            parts[i] = new Piece(spelled, 0, spelled.Text.Length);
        }
    }
}
