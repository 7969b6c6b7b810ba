using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>Texts as Python counts them: by characters, not by UTF-16 units.</summary>
internal static class CodePoints
{
    internal static int Count(string text) => HasPairs(text) ? text.EnumerateRunes().Count() : text.Length;

    internal static IReadOnlyList<object?> Of(string text) =>
        HasPairs(text) ? [.. text.EnumerateRunes().Select(rune => rune.ToString())] : [.. text.Select(letter => letter.ToString())];

    /// <summary>Parts of a text at given places.</summary>
    internal static string At(string text, IEnumerable<int> places)
    {
        StringBuilder result = new();
        if (!HasPairs(text))
        {
            foreach (int place in places)
            {
                result.Append(text[place]);
            }

            return result.ToString();
        }

        Rune[] runes = [.. text.EnumerateRunes()];
        foreach (int place in places)
        {
            result.Append(runes[place].ToString());
        }

        return result.ToString();
    }

    private static bool HasPairs(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
}
