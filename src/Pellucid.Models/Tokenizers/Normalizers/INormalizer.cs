using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Normalizers;

/// <summary>Changes a text before it is cut, and keeps the places that its characters come from. Immutable.</summary>
internal interface INormalizer
{
    AlignedText Apply(AlignedText text);
}
