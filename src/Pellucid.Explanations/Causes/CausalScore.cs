namespace Pellucid.Explanations;

/// <summary>Whether driving a unit does to the output what its training examples suggest. Immutable.</summary>
public sealed record CausalScore
{
    /// <summary>
    /// Mean change, in nats, of the log-probability of the tokens that follow the unit's top activations, less that of tokens of equal
    /// frequency; null where nothing follows them or nothing is left to match.
    /// </summary>
    public double? Effect { get; init; }

    /// <summary>Share of the random directions of equal write norm whose effect is smaller, 0 to 1, ties counted half;
    /// null with <see cref="Effect"/>.</summary>
    public double? Percentile { get; init; }

    /// <summary>Mean effect of the random directions, in nats.</summary>
    public double? ControlMean { get; init; }

    /// <summary>Number of random directions.</summary>
    public required int Controls { get; init; }

    /// <summary>Mean length of what the driven unit adds to the hook.</summary>
    public double WriteNorm { get; init; }

    /// <summary>The tokens that follow, each with its share.</summary>
    public required IReadOnlyList<(int Token, double Share)> Following { get; init; }

    /// <summary>Their counterparts of equal frequency, in the same order.</summary>
    public required IReadOnlyList<int> Matched { get; init; }
}
