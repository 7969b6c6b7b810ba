using System.Text;

namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>Texts whose surrogates all stand in pairs.</summary>
internal static class WholeCharacters
{
    /// <summary>The text with U+FFFD, which is as long, for each half of a pair.</summary>
    internal static string Of(string text)
    {
        int at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (at < 0)
        {
            return text;
        }

        char[]? changed = null;
        for (; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
            {
                continue;
            }

            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
                continue;
            }

            changed ??= text.ToCharArray();
            changed[at] = '\uFFFD';
        }

        return changed is null ? text : new string(changed);
    }

    /// <summary>The character that begins at a unit of a text of whole characters.</summary>
    internal static Rune At(ReadOnlySpan<char> text, int unit)
    {
        Rune.DecodeFromUtf16(text[unit..], out Rune rune, out _);
        return rune;
    }
}
