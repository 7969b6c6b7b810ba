using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>What a store of given rows is: rows that something else than a model made. Immutable.</summary>
public sealed record GivenRows
{
    /// <summary>What made them; stands in the manifest as the corpus.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of all that the rows depend on, 64 hexadecimal digits; stands in the manifest for the hashes of model and corpus.</summary>
    public required string Hash { get; init; }

    /// <summary>What they are called; stands in the manifest as the hook.</summary>
    public required string Hook { get; init; }

    /// <summary>Width of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows to write.</summary>
    public required long Tokens { get; init; }

    /// <summary>Every row's token id is below this.</summary>
    public int Vocabulary { get; init; } = 1;

    /// <summary>Consecutive rows that form a sequence; the last one may be shorter.</summary>
    public int SequenceLength { get; init; } = 64;

    /// <summary>Sequences in one shard.</summary>
    public int ShardSequences { get; init; } = 256;

    /// <summary>How values are stored.</summary>
    public DType Storage { get; init; } = DType.F32;

    /// <summary>What is kept of each component.</summary>
    public SummaryOptions Summary { get; init; } = new();
}
