using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>What is harvested and how. Immutable.</summary>
public sealed record HarvestOptions
{
    /// <summary>The hook; its last axis is the width of the store.</summary>
    public required string Hook { get; init; }

    /// <summary>Most tokens to harvest, BOS not counted; fewer when the corpus ends.</summary>
    public required long Tokens { get; init; }

    /// <summary>Longest sequence in tokens, BOS included; the model's context when 0.</summary>
    public int SequenceLength { get; init; }

    /// <summary>What becomes of longer documents.</summary>
    public LongDocuments LongDocuments { get; init; } = LongDocuments.Split;

    /// <summary>Sequences in one shard.</summary>
    public int ShardSequences { get; init; } = 32;

    /// <summary>Sequences run at once.</summary>
    public int BatchSequences { get; init; } = 8;

    /// <summary>How values are stored.</summary>
    public DType Storage { get; init; } = DType.F32;

    /// <summary>What is kept of each unit.</summary>
    public SummaryOptions Summary { get; init; } = new();
}
