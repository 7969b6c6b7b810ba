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

    /// <summary>Adds the parts of a piece; none of them is empty. What lies between matches is one part, each match another.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="matches">Where in the piece they begin and end, in order, apart.</param>
    /// <param name="behavior">What becomes of a delimiter.</param>
    /// <param name="parts">Receives the parts.</param>
    /// <param name="invert">Whether the delimiters are what lies between the matches.</param>
    internal static void Cut(Piece piece, List<(int Start, int End)> matches, SplitBehavior behavior, List<Piece> parts, bool invert = false)
    {
        int done = 0, first = parts.Count;
        bool? previous = null; // whether the part before was a delimiter; null where there was none
        foreach ((int start, int end) in matches)
        {
            if (start < end)
            {
                Add(done, start, invert);
                Add(start, end, !invert);
                done = end;
            }
        }

        Add(done, piece.End - piece.Start, invert);

        void Add(int start, int end, bool delimiter)
        {
            if (start == end)
            {
                return;
            }

            bool joins = parts.Count > first && previous is { } before && behavior switch
            {
                SplitBehavior.MergedWithPrevious => delimiter && !before,
                SplitBehavior.MergedWithNext => !delimiter && before,
                SplitBehavior.Contiguous => delimiter == before,
                _ => false,
            };
            if (joins)
            {
                parts[^1] = parts[^1] with { End = piece.Start + end };
            }
            else if (!delimiter || behavior != SplitBehavior.Removed)
            {
                parts.Add(piece.Part(start, end));
            }

            previous = delimiter;
        }
    }
}
