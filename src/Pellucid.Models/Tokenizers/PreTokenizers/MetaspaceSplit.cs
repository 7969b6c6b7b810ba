using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>SentencePiece's spaces: each becomes a visible character, one is put in front, and the text is cut before each.</summary>
/// <param name="replacement">The character; U+2581.</param>
/// <param name="prefix">When one is put in front of a piece that begins with none.</param>
/// <param name="cuts">Whether the text is cut.</param>
internal sealed class MetaspaceSplit(char replacement, PrefixSpace prefix, bool cuts) : IPreTokenizer
{
    public void Cut(Piece piece, List<Piece> parts)
    {
        AlignedText text = piece.Text.Slice(piece.Start, piece.End);
        ReadOnlySpan<char> units = text.Text;
        bool first = (prefix == PrefixSpace.Always || (prefix == PrefixSpace.First && piece.AtStart)) && (units.IsEmpty || (units[0] != ' ' && units[0] != replacement));
        if (first || units.Contains(' '))
        {
            AlignedTextBuilder builder = new(text);
            Span<char> space = [replacement];
            builder.Replace(0, 0, first ? space : []);
            for (int at = 0; at < units.Length;)
            {
                int next = units[at..].IndexOf(' ');
                int end = next < 0 ? units.Length : at + next;
                builder.Copy(at, end);
                builder.Replace(end, Math.Min(end + 1, units.Length), end < units.Length ? space : []);
                at = end + 1;
            }

            text = builder.Build();
        }

        Piece whole = new(text, 0, text.Text.Length);
        if (!cuts)
        {
            parts.Add(whole);
            return;
        }

        Delimiters.Cut(whole, Delimiters.Find(whole.Span, character => character.Value == replacement), SplitBehavior.MergedWithNext, parts);
    }
}
