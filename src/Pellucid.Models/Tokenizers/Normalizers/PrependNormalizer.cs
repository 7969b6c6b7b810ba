using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>One text in front of every other that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        if (text.Text.Length == 0)
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        builder.Replace(0, 0, prefix);
        builder.Copy(0, text.Text.Length);
        return builder.Build();
    }
}
