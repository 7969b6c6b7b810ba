using System.Text;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed class FormNormalizer(NormalizationForm form) : INormalizer
{
    public AlignedText Apply(AlignedText text) => UnicodeForms.Apply(text, form);
}
