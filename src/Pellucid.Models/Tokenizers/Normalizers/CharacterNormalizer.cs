using System.Text;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>A normalizer that looks at one character at a time.</summary>
/// <param name="write">The text that a character becomes; null where it stays.</param>
internal sealed class CharacterNormalizer(Func<Rune, string?> write) : INormalizer
{
    private const int DottedCapitalI = 0x130;

    /// <summary>Every character in its small form. The capital I with a dot becomes two, i and the dot above; no other one does.</summary>
    internal static CharacterNormalizer Lowercase { get; } = new(character =>
        character.Value == DottedCapitalI ? "i\u0307"
        : Rune.ToLowerInvariant(character) is var small && small == character ? null : small.ToString());

    /// <summary>Without nonspacing marks.</summary>
    internal static CharacterNormalizer StripAccents { get; } = new(character =>
        Rune.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.NonSpacingMark ? "" : null);

    /// <summary>The cleaning of SentencePiece's rule nmt: controls are dropped, what looks like a space becomes one.</summary>
    internal static CharacterNormalizer Nmt { get; } = new(character => character.Value switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => "",
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => " ",
        _ => null,
    });

    public AlignedText Apply(AlignedText text)
    {
        AlignedTextBuilder? builder = null;
        int copied = 0;
        string units = text.Text;
        for (int unit = 0; unit < units.Length;)
        {
            Rune character = WholeCharacters.At(units, unit);
            int end = unit + character.Utf16SequenceLength;
            if (write(character) is { } changed)
            {
                builder ??= new AlignedTextBuilder(text);
                builder.Copy(copied, unit);
                builder.Replace(unit, end, changed);
                copied = end;
            }

            unit = end;
        }

        builder?.Copy(copied, units.Length);
        return builder?.Build() ?? text;
    }
}
