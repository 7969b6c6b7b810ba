namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>All tokens as one.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public void Apply(TokenTexts texts) => texts.Join(string.Concat(texts.Items));
}
