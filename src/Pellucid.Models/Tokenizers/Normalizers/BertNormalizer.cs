using System.Globalization;
using System.Text;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>BERT's cleaning: no controls, plain spaces, spaces around ideographs, no accents, small letters, each of them where asked for.</summary>
internal static class BertNormalizer
{
    /// <param name="cleanText">Whether controls go and white space becomes spaces.</param>
    /// <param name="spaceIdeographs">Whether an ideograph stands between spaces, so that it is a word.</param>
    /// <param name="stripAccents">Whether accents go; null: where letters become small.</param>
    /// <param name="lowercase">Whether letters become small.</param>
    internal static INormalizer Of(bool cleanText, bool spaceIdeographs, bool? stripAccents, bool lowercase)
    {
        List<INormalizer> parts = [];
        if (cleanText)
        {
            parts.Add(new CharacterNormalizer(Clean));
        }

        if (spaceIdeographs)
        {
            parts.Add(new CharacterNormalizer(character => IsIdeograph(character.Value) ? $" {character} " : null));
        }

        if (stripAccents ?? lowercase)
        {
            parts.Add(new FormNormalizer(NormalizationForm.FormD));
            parts.Add(CharacterNormalizer.StripAccents);
        }

        if (lowercase)
        {
            parts.Add(CharacterNormalizer.Lowercase);
        }

        return new NormalizerSequence(parts);
    }

    private static string? Clean(Rune character) => character.Value switch
    {
        ' ' => null,
        '\t' or '\n' or '\r' => " ",
        0 or 0xFFFD => "",
        _ when Rune.IsWhiteSpace(character) => Rune.GetUnicodeCategory(character) == UnicodeCategory.Control ? "" : " ",
        _ => Rune.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned ? "" : null,
    };

    private static bool IsIdeograph(int code) => code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
