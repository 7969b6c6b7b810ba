namespace Pellucid.Models;

/// <summary>How sequences are put together in a <see cref="TokenBatch"/>. Immutable.</summary>
public sealed record BatchOptions
{
    /// <summary>On which side the shorter ones are padded; behind by default.</summary>
    public PaddingSide Padding { get; init; } = PaddingSide.Right;

    /// <summary>The id that stands for padding. No token sees it, so that any one of the vocabulary does; 0 by default.</summary>
    public int PaddingId { get; init; }

    /// <summary>The type (segment) of each token, as long as the sequences, for networks with token types; all 0 when null.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? TokenTypes { get; init; }

    /// <summary>
    /// Whether position embeddings count columns, padding in front included, instead of a sequence's own tokens: what a network computes that was
    /// told of its padding but of no positions. False by default.
    /// </summary>
    public bool PositionsCountPadding { get; init; }
}
