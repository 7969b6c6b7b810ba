// Connectionist temporal classification: Graves et al. 2006. A token that repeats the one before it is the same sound; a pad stands for none.
namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>The text of frames of speech.</summary>
internal sealed class CtcDecoder(string pad, string wordDelimiter, bool cleansUp) : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        List<string> items = [];
        string? previous = texts.Previous;
        foreach (string token in texts.Items)
        {
            if (token != previous)
            {
                string text = pad.Length == 0 ? token : token.Replace(pad, "", StringComparison.Ordinal);
                text = !cleansUp ? text
                    : wordDelimiter.Length == 0 ? StandardDecoders.CleanUp(text) : StandardDecoders.CleanUp(text).Replace(wordDelimiter, " ", StringComparison.Ordinal);
                items.Add(text);
            }

            previous = token;
        }

        texts.Items = [.. items.Where(text => text.Length > 0)];
    }
}
