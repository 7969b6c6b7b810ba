using System.Globalization;
using System.Text;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The tokens that stand for single bytes: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteTokens
{
    internal static string Spelling(int value) => $"<0x{value:X2}>";

    /// <summary>The byte that a token stands for; −1 where it stands for none.</summary>
    internal static int ByteOf(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : -1;

    /// <summary>The id of each byte; null where one is missing, so that a character may have no bytes.</summary>
    internal static int[]? Of(TokenTable tokens)
    {
        int[] ids = new int[256];
        for (int value = 0; value < ids.Length; value++)
        {
            if (tokens.IdOf(Spelling(value)) is not { } id)
            {
                return null;
            }

            ids[value] = id;
        }

        return ids;
    }

    /// <summary>Writes the bytes of a character, each at its place.</summary>
    /// <returns>How many there are.</returns>
    internal static int Write(int[] ids, Rune character, int start, int end, Span<Subword> symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = character.EncodeToUtf8(bytes);
        for (int i = 0; i < count; i++)
        {
            symbols[i] = new Subword(ids[bytes[i]], start, end);
        }

        return count;
    }
}
