namespace Pellucid.Tensors;

/// <summary>How attention weighs keys. Immutable, safe for any thread.</summary>
public sealed record AttentionOptions
{
    /// <summary>Factor on the scores; 1/√d_head as a rule.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether a query sees only keys up to its own position (default), or all.</summary>
    public bool IsCausal { get; init; } = true;

    /// <summary>
    /// How many keys up to its own position a query sees at most (sliding window; Beltagy et al. 2020, arXiv:2004.05150); 0, the default, for all.
    /// </summary>
    public int Window { get; init; }

    /// <summary>Scores s become cap · tanh(s / cap) (Gemma Team 2024, arXiv:2408.00118); 0, the default, for no cap.</summary>
    public float SoftCap { get; init; }
}
