namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>One step after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> steps) : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        foreach (IDecoder step in steps)
        {
            step.Apply(texts);
        }
    }
}
