using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;

namespace Pellucid.Models.Tokenizers;

/// <summary>What a <see cref="PipelineTokenizer"/> is made of.</summary>
internal sealed record PipelineParts
{
    internal required ISubwordModel Model { get; init; }

    /// <summary>Null: the text stays.</summary>
    internal INormalizer? Normalizer { get; init; }

    /// <summary>Null: a text is one piece.</summary>
    internal IPreTokenizer? PreTokenizer { get; init; }

    /// <summary>Whether the model's vocabulary spells bytes, and words come to it unspelled.</summary>
    internal bool SpellsBytes { get; init; }

    internal IReadOnlyList<AddedToken> Added { get; init; } = [];

    internal SequenceTemplate Template { get; init; } = SequenceTemplate.Empty;

    /// <summary>Whether the place of a token leaves out the white space at its ends.</summary>
    internal bool TrimsOffsets { get; init; }

    /// <summary>Null: tokens with a space between them.</summary>
    internal IDecoder? Decoder { get; init; }

    internal SpecialIds Special { get; init; } = new();

    internal IReadOnlyDictionary<string, string> ChatTemplates { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
}
