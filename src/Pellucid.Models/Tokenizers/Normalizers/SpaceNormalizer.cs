using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>SentencePiece's removal of extra spaces: none at the ends, one between words.</summary>
internal sealed class SpaceNormalizer : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        string units = text.Text;
        int start = units.Length - units.AsSpan().TrimStart(' ').Length, end = Math.Max(start, units.AsSpan().TrimEnd(' ').Length);
        if (!units.AsSpan(start, end - start).Contains("  ", StringComparison.Ordinal))
        {
            return text.Slice(start, end);
        }

        AlignedTextBuilder builder = new(text);
        for (int at = start; at < end; at++)
        {
            if (units[at] != ' ' || units[at - 1] != ' ')
            {
                builder.Copy(at, at + 1);
            }
        }

        return builder.Build();
    }
}
