using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>Every match of a pattern becomes one text.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        List<(int Start, int End)> matches = [];
        pattern.Find(text.Text, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        int copied = 0;
        foreach ((int start, int end) in matches)
        {
            builder.Copy(copied, start);
            builder.Replace(start, end, content);
            copied = end;
        }

        builder.Copy(copied, text.Text.Length);
        return builder.Build();
    }
}
