namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>What a byte-pair model does beside merging; the names are those of <c>tokenizer.json</c>.</summary>
internal sealed record BytePairOptions
{
    /// <summary><c>unk_token</c>; null where an unknown character is left out.</summary>
    internal string? Unknown { get; init; }

    /// <summary><c>fuse_unk</c>: whether unknown characters that touch are one token.</summary>
    internal bool FuseUnknown { get; init; }

    /// <summary><c>byte_fallback</c>: whether an unknown character becomes its bytes.</summary>
    internal bool ByteFallback { get; init; }

    /// <summary><c>ignore_merges</c>: whether a word of the vocabulary is taken without merging.</summary>
    internal bool IgnoreMerges { get; init; }

    /// <summary><c>continuing_subword_prefix</c>: in front of every symbol of a word but the first.</summary>
    internal string? ContinuingPrefix { get; init; }

    /// <summary><c>end_of_word_suffix</c>: after the last symbol of a word.</summary>
    internal string? EndSuffix { get; init; }

    internal bool Affixed => ContinuingPrefix is { Length: > 0 } || EndSuffix is { Length: > 0 };
}
