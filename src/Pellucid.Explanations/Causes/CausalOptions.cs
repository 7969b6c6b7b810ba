namespace Pellucid.Explanations;

/// <summary>Sizes of a causal score. Immutable.</summary>
public sealed record CausalOptions
{
    /// <summary>Held-out contexts.</summary>
    public int Contexts { get; init; } = 8;

    /// <summary>Tokens of a context, BOS not counted.</summary>
    public int ContextTokens { get; init; } = 16;

    /// <summary>Random directions to compare with.</summary>
    public int Controls { get; init; } = 50;

    /// <summary>Top training records whose following tokens are taken.</summary>
    public int Examples { get; init; } = 20;

    /// <summary>Share of a record's maximum above which a token counts as one of its activations, 0 to 1.</summary>
    public double Strong { get; init; } = 0.5;

    /// <summary>Controls run at once.</summary>
    public int ControlBatch { get; init; } = 10;

    /// <summary>Seed of contexts and directions.</summary>
    public long Seed { get; init; }
}
