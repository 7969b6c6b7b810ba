namespace Pellucid.Models;

/// <summary>The facts of one network: its sizes, its conventions and the tokens with a meaning. Immutable.</summary>
public sealed record ModelConfig
{
    /// <summary>Family: <c>llama</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int DModel { get; init; }

    /// <summary>Query heads of a block.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads of a block; the query heads share them in equal groups.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Size of one head.</summary>
    public required int DHead { get; init; }

    /// <summary>Hidden width of an MLP.</summary>
    public required int DMlp { get; init; }

    /// <summary>Number of tokens.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public required int Context { get; init; }

    /// <summary>Added to the mean square in a norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Whether the unembedding is the embedding turned.</summary>
    public bool TiedEmbedding { get; init; } = true;

    /// <summary>The token that begins a sequence, if the model was trained with one.</summary>
    public int? BosId { get; init; }

    /// <summary>Tokens that end a generated text.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];
}
