using System.Collections.Frozen;
using System.Globalization;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>
/// Makes of a text one in which a character is one UTF-16 unit: one above U+FFFF becomes a rare character of its own general category (an ideograph another
/// ideograph), so that a .NET pattern, which sees units, takes it as the class that it is. Thread-safe.
/// </summary>
internal static class PlaneFolding
{
    private const char Ideograph = '\u3400';

    private static readonly FrozenDictionary<UnicodeCategory, char> Standing = Find();

    internal static bool Needed(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\uD800', '\uDFFF');

    /// <summary>Folds whole characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="folded">Receives as many units as it has characters; at least as long as the text.</param>
    /// <param name="places">Receives the unit of the text where each begins, and the text's length after the last.</param>
    /// <returns>How many characters there are.</returns>
    internal static int Fold(ReadOnlySpan<char> text, Span<char> folded, Span<int> places)
    {
        int count = 0;
        for (int unit = 0; unit < text.Length; count++)
        {
            places[count] = unit;
            char first = text[unit];
            folded[count] = char.IsSurrogate(first) ? StandIn(WholeCharacters.At(text, unit).Value) : first;
            unit += char.IsSurrogate(first) ? 2 : 1;
        }

        places[count] = text.Length;
        return count;
    }

    private static char StandIn(int code) =>
        code is (>= 0x20000 and <= 0x3FFFF) or (>= 0x16FE2 and <= 0x16FF1) && CharUnicodeInfo.GetUnicodeCategory(code) == UnicodeCategory.OtherLetter ? Ideograph
        : Standing.GetValueOrDefault(CharUnicodeInfo.GetUnicodeCategory(code), '\uFFFF');

    /// <summary>The first of each category from U+A490 on, where the scripts are that no pattern names; the last below where there is none.</summary>
    private static FrozenDictionary<UnicodeCategory, char> Find()
    {
        Dictionary<UnicodeCategory, char> found = [];
        foreach (int code in Enumerable.Range(0xA490, 0x10000 - 0xA490).Concat(Enumerable.Range(0x80, 0xA490 - 0x80).Reverse()))
        {
            found.TryAdd(CharUnicodeInfo.GetUnicodeCategory(code), (char)code);
        }

        return found.ToFrozenDictionary();
    }
}
