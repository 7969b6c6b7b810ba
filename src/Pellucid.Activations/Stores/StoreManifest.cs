using System.Text.Json.Serialization;

namespace Pellucid.Activations;

/// <summary>What an activation store holds: the content of its <c>manifest.json</c>. Immutable.</summary>
public sealed record StoreManifest
{
    /// <summary>What stands for the model where rows were given and not harvested; the model hash then is that of what the rows depend on.</summary>
    public const string NoModel = "none";

    /// <summary>Version of this layout.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Name of the model; <see cref="NoModel"/> where there was none.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's checkpoint.</summary>
    public required string ModelHash { get; init; }

    /// <summary>What was done to the model's parameters so that they are easier to read: <c>fold-norms,center-writing</c>; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Processing { get; init; }

    /// <summary>Number of tokens that the model knows; every id in the store is below it.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The hook that was harvested.</summary>
    public required string Hook { get; init; }

    /// <summary>Width of the hook.</summary>
    public required int Width { get; init; }

    /// <summary>Storage type: F32, BF16 or F16.</summary>
    public required string Storage { get; init; }

    /// <summary>Name of the corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>Hash of the corpus (<see cref="Activations.Corpus.ComputeHash"/>).</summary>
    public required string CorpusHash { get; init; }

    /// <summary>Whether values at BOS were left out.</summary>
    public required bool BosLeftOut { get; init; }

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

    /// <summary>Number of shards.</summary>
    [JsonIgnore]
    public int Shards => ShardTokens.Count;

    /// <summary>What is wrong with the numbers, or null.</summary>
    internal string? Problem() => this switch
    {
        { Version: not 1 } => $"version {Version}; 1 was expected",
        { Width: < 1 or > 1 << 24 } => $"width {Width}",
        { Vocabulary: < 1 } => $"vocabulary {Vocabulary}",
        { SequenceLength: < 1 } or { ShardSequences: < 1 } => $"sequences of {SequenceLength} tokens, {ShardSequences} in a shard",
        { Storage: not ("F32" or "BF16" or "F16") } => $"storage '{Storage}'; F32, BF16 or F16 was expected",
        { ModelHash.Length: not 64 } => "a model hash that is no SHA-256",
        _ when ShardTokens.Count == 0 || ShardTokens.Any(rows => rows < 1) => "a shard without tokens, or no shard",
        _ when ShardTokens.Sum(rows => (long)rows) != Tokens => $"{Tokens} tokens, which is not the sum of its shards",
        _ => null,
    };
}
