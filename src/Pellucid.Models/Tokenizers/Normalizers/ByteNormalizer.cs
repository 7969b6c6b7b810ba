using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>Every byte of the text's UTF-8 as the character that stands for it in byte-level vocabularies.</summary>
internal sealed class ByteNormalizer : INormalizer
{
    public AlignedText Apply(AlignedText text) => ByteAlphabet.Spell(text);
}
