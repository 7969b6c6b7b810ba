// The 256 characters of byte-level vocabularies (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): a byte that prints in Latin-1 stands
// for itself, the others are the characters from U+0100 on, in order.
using System.Text;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.PreTokenizers;

/// <summary>Bytes as printable characters and back.</summary>
internal static class ByteAlphabet
{
    private const int FirstStandIn = 0x100;

    private static readonly char[] Characters = Make();
    private static readonly short[] Bytes = Inverse();

    internal static char Of(byte value) => Characters[value];

    /// <summary>The byte that a character stands for; −1 where it stands for none.</summary>
    internal static int ByteOf(char character) => character < Bytes.Length ? Bytes[character] : -1;

    /// <summary>The bytes that a token spells; null where a character of it stands for none.</summary>
    internal static byte[]? BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            int value = ByteOf(token[i]);
            if (value < 0)
            {
                return null;
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    /// <summary>The characters of a text's bytes, each with the place of the character that the byte is part of.</summary>
    internal static AlignedText Spell(AlignedText text)
    {
        AlignedTextBuilder builder = new(text);
        Span<char> spelled = stackalloc char[4];
        for (int unit = 0; unit < text.Text.Length;)
        {
            Rune character = WholeCharacters.At(text.Text, unit);
            builder.Replace(unit, unit + character.Utf16SequenceLength, spelled[..Spell(character, spelled)]);
            unit += character.Utf16SequenceLength;
        }

        return builder.Build();
    }

    /// <summary>Spells one character.</summary>
    /// <returns>How many bytes it has.</returns>
    internal static int Spell(Rune character, Span<char> spelled)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = character.EncodeToUtf8(bytes);
        for (int i = 0; i < count; i++)
        {
            spelled[i] = Characters[bytes[i]];
        }

        return count;
    }

    private static char[] Make()
    {
        char[] characters = new char[256];
        char next = (char)FirstStandIn;
        for (int value = 0; value < characters.Length; value++)
        {
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        }

        return characters;
    }

    private static short[] Inverse()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < Characters.Length; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
