// The precompiled character map of SentencePiece (Kudo and Richardson 2018, arXiv:1808.06226): a u32 length, a double-array trie (Aoe 1989; units of
// 32 bits as in the library Darts-clone: a label of 8 bits, an offset of 21, a mark that a value follows), then the texts that the values point at, each ended by a zero. At
// each place of the text the longest rule applies. Hugging Face's version takes the shortest of a grapheme; this one keeps to SentencePiece, with which the models were trained.
using System.Buffers.Binary;
using System.Text;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>The normalizer Precompiled: rules from a text to another, of which the longest applies.</summary>
internal sealed class CharacterMap : INormalizer
{
    private readonly uint[] _units;
    private readonly byte[] _texts;

    private CharacterMap(uint[] units, byte[] texts) => (_units, _texts) = (units, texts);

    /// <summary>Reads a map.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static CharacterMap Read(ReadOnlySpan<byte> bytes)
    {
        uint length = bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
        if (length == 0 || length % 4 != 0 || length > bytes.Length - 4)
        {
            throw new FormatException($"the character map has {bytes.Length} bytes and a table of {length}");
        }

        uint[] units = new uint[length / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        }

        return new CharacterMap(units, bytes[(4 + (int)length)..].ToArray());
    }

    public AlignedText Apply(AlignedText text)
    {
        string source = text.Text;
        byte[] bytes = Encoding.UTF8.GetBytes(source);
        AlignedTextBuilder builder = new(text);
        Span<char> decoded = stackalloc char[2];
        for (int unit = 0, at = 0; unit < source.Length;)
        {
            (int length, int value) = Longest(bytes.AsSpan(at));
            if (length > 0 && (at + length == bytes.Length || (bytes[at + length] & 0xC0) != 0x80))
            {
                int units = Encoding.UTF8.GetCharCount(bytes, at, length);
                builder.Replace(unit, unit + units, WholeCharacters.Of(TextAt(value)));
                (unit, at) = (unit + units, at + length);
                continue;
            }

            Rune character = WholeCharacters.At(source, unit);
            builder.Copy(unit, unit + character.Utf16SequenceLength);
            unit += character.Utf16SequenceLength;
            at += character.Utf8SequenceLength;
        }

        return builder.Build();
    }

    private (int Length, int Value) Longest(ReadOnlySpan<byte> bytes)
    {
        (int length, int value) = (0, 0);
        uint node = OffsetOf(_units[0]);
        for (int i = 0; i < bytes.Length; i++)
        {
            node ^= bytes[i];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != bytes[i])
            {
                break;
            }

            uint unit = _units[node];
            node ^= OffsetOf(unit);
            if ((unit >> 8 & 1) == 1 && node < _units.Length)
            {
                (length, value) = (i + 1, (int)(_units[node] & int.MaxValue));
            }
        }

        return value < _texts.Length ? (length, value) : (0, 0);
    }

    private static uint OffsetOf(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private string TextAt(int at)
    {
        ReadOnlySpan<byte> rest = _texts.AsSpan(at);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
