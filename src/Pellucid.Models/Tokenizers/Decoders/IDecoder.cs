namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>A step from tokens to text. Immutable.</summary>
internal interface IDecoder
{
    void Apply(TokenTexts texts);
}
