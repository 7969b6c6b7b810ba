using System.Text.Json.Serialization;

namespace Pellucid.Activations;

/// <summary>What an activation store holds: the content of its <c>manifest.json</c>. Immutable.</summary>
public sealed record StoreManifest
{
    /// <summary>Version of this layout.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's checkpoint.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The hook that was harvested.</summary>
    public required string Hook { get; init; }

    /// <summary>Width of the hook.</summary>
    public required int Width { get; init; }

    /// <summary>Storage type: F32, BF16 or F16.</summary>
    public required string Storage { get; init; }

    /// <summary>Name of the corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>SHA-256 over the corpus's documents.</summary>
    public required string CorpusHash { get; init; }

    /// <summary>Whether values at BOS were left out.</summary>
    public bool BosLeftOut { get; init; } = true;

    /// <summary>Longest sequence, BOS included.</summary>
    public required int SequenceLength { get; init; }

    /// <summary>What became of longer documents.</summary>
    public required LongDocuments LongDocuments { get; init; }

    /// <summary>Sequences in a full shard.</summary>
    public required int ShardSequences { get; init; }

    /// <summary>Tokens harvested, BOS not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens of each shard, in order.</summary>
    public required IReadOnlyList<int> ShardTokens { get; init; }

    /// <summary>Sequences harvested.</summary>
    [JsonIgnore]
    public int Shards => ShardTokens.Count;
}
