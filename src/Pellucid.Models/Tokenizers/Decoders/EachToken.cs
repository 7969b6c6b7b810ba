namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>A step that changes each token for itself.</summary>
/// <param name="change">The token, and whether the sequence begins with it.</param>
internal sealed class EachToken(Func<string, bool, string> change) : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        for (int i = 0; i < texts.Items.Count; i++)
        {
            texts.Items[i] = change(texts.Items[i], i == 0 && texts.Previous is null);
        }
    }
}
