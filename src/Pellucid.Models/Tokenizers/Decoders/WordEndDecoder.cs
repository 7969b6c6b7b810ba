namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>The ends of words (<c>&lt;/w&gt;</c>) become spaces, but not that of the last word.</summary>
internal sealed class WordEndDecoder(string suffix) : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        List<string> items = texts.Items;
        bool inner = suffix.Length > 0 && items.Count > 0 && texts.Previous?.EndsWith(suffix, StringComparison.Ordinal) == true;
        for (int i = 0; suffix.Length > 0 && i < items.Count; i++)
        {
            items[i] = items[i].Replace(suffix, i == items.Count - 1 ? "" : " ", StringComparison.Ordinal);
        }

        if (inner)
        {
            items[0] = " " + items[0];
        }
    }
}
