using System.Buffers;
using System.Globalization;
using System.Text;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers;

/// <summary>Finds added tokens in a text: from the left, the longest that is spelled there. Immutable.</summary>
internal sealed class AddedTokenSearch
{
    private readonly AddedToken[] _tokens;
    private readonly PieceTrie _trie;
    private readonly SearchValues<char> _first;

    /// <summary>Creates the search.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="spelling">How each is spelled in the texts; an empty one is never found.</param>
    internal AddedTokenSearch(IEnumerable<AddedToken> tokens, Func<AddedToken, string> spelling)
    {
        _tokens = [.. tokens];
        _trie = PieceTrie.Of(_tokens.Select((token, index) => (spelling(token), index)));
        _first = SearchValues.Create(_trie.FirstUnits);
    }

    /// <summary>The parts of a text: what lies between the tokens, and the tokens.</summary>
    /// <param name="text">Whole characters.</param>
    /// <returns>Where each part begins and ends, and its token; null where it is text.</returns>
    internal List<(int Start, int End, AddedToken? Token)> Cut(ReadOnlySpan<char> text)
    {
        List<(int Start, int End, AddedToken? Token)> parts = [];
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            int next = text[at..].IndexOfAny(_first);
            if (next < 0)
            {
                break;
            }

            at += next;
            (int length, int index) = _trie.Longest(text[at..]);
            if (length == 0 || (_tokens[index].SingleWord && !StandsAlone(text, at, at + length)))
            {
                at += Math.Max(length, 1);
                continue;
            }

            AddedToken token = _tokens[index];
            (int start, int end) = (at, at + length);
            while (token.StripsLeft && start > done && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.StripsRight && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (start > done)
            {
                parts.Add((done, start, null));
            }

            parts.Add((start, end, token));
            at = done = end;
        }

        if (done < text.Length)
        {
            parts.Add((done, text.Length, null));
        }

        return parts;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        !(Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _) == OperationStatus.Done && IsWord(before))
        && !(end < text.Length && IsWord(WholeCharacters.At(text, end)));

    private static bool IsWord(Rune character) => Rune.IsLetterOrDigit(character) || Rune.GetUnicodeCategory(character)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
