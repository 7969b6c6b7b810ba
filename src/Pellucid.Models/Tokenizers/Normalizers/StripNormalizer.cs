using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>Without white space at its ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        string units = text.Text;
        int start = left ? units.Length - units.AsSpan().TrimStart().Length : 0;
        int end = right ? units.AsSpan().TrimEnd().Length : units.Length;
        return text.Slice(start, Math.Max(start, end));
    }
}
