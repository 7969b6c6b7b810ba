using System.Globalization;
using System.Text;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts pieces at delimiters that have been found.</summary>
internal static class Delimiters
{
    /// <summary>Punctuation as BERT has it: all of ASCII's, symbols among them, and Unicode's.</summary>
    internal static bool IsPunctuation(Rune character) =>
        character.IsAscii ? char.IsAsciiLetterOrDigit((char)character.Value) is false && character.Value is > ' ' and < 0x7F : Rune.IsPunctuation(character);

    internal static bool IsNumber(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Every character that is a delimiter.</summary>
    internal static List<(int Start, int End)> Find(ReadOnlySpan<char> text, Func<Rune, bool> isDelimiter)
    {
        List<(int, int)> found = [];
        for (int unit = 0; unit < text.Length;)
        {
            Rune character = WholeCharacters.At(text, unit);
            int end = unit + character.Utf16SequenceLength;
            if (isDelimiter(character))
            {
                found.Add((unit, end));
            }

            unit = end;
        }

        return found;
    }

    /// <summary>Adds the parts of a piece; none of them is empty.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="delimiters">Where in the piece they begin and end, in order, apart.</param>
    /// <param name="behavior">What becomes of them.</param>
    /// <param name="parts">Receives the parts.</param>
    internal static void Cut(Piece piece, List<(int Start, int End)> delimiters, SplitBehavior behavior, List<Piece> parts)
    {
        int length = piece.End - piece.Start, at = 0; // at: the end of what is cut off
        bool openDelimiter = false; // whether the part that is open, from at on, consists of delimiters
        foreach ((int start, int end) in delimiters)
        {
            if (start == end)
            {
                continue;
            }

            switch (behavior)
            {
                case SplitBehavior.MergedWithPrevious:
                    Add(at, end);
                    at = end;
                    break;
                case SplitBehavior.MergedWithNext:
                    Add(at, start);
                    at = start;
                    break;
                case SplitBehavior.Contiguous when openDelimiter && start == FirstAfter(parts):
                    parts[^1] = parts[^1] with { End = piece.Start + end };
                    at = end;
                    break;
                default:
                    Add(at, start);
                    if (behavior != SplitBehavior.Removed)
                    {
                        Add(start, end);
                        openDelimiter = true;
                    }

                    at = end;
                    break;
            }
        }

        Add(at, length);

        int FirstAfter(List<Piece> list) => list[^1].End - piece.Start;

        void Add(int start, int end)
        {
            if (end > start)
            {
                parts.Add(piece.Part(start, end));
            }
        }
    }

    /// <summary>What lies between the delimiters of a text of this length.</summary>
    internal static List<(int Start, int End)> Between(List<(int Start, int End)> delimiters, int length)
    {
        List<(int, int)> between = [];
        int at = 0;
        foreach ((int start, int end) in delimiters)
        {
            if (start > at)
            {
                between.Add((at, start));
            }

            at = end;
        }

        if (length > at)
        {
            between.Add((at, length));
        }

        return between;
    }
}
