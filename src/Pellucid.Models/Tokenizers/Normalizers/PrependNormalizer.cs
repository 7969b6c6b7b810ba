using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>One text in front of every other that is not empty.</summary>
/// <param name="prefix">The text.</param>
/// <param name="firstOnly">Whether it goes only where the original begins, and not before each part between added tokens.</param>
internal sealed class PrependNormalizer(string prefix, bool firstOnly = false) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        if (text.Text.Length == 0 || (firstOnly && !text.AtStart))
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        builder.Replace(0, 0, prefix);
        builder.Copy(0, text.Text.Length);
        return builder.Build();
    }
}
