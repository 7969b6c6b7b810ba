using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>One normalizer after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> parts) : INormalizer
{
    public AlignedText Apply(AlignedText text) => parts.Aggregate(text, (current, part) => part.Apply(current));
}
