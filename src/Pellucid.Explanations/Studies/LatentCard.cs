using System.Text.Json.Serialization;

namespace Pellucid.Explanations.Studies;

/// <summary>One explained latent.</summary>
public sealed record LatentCard
{
    /// <summary>Its index in the dictionary.</summary>
    public required int Index { get; init; }

    /// <summary>Share of training tokens on which it is active, 0 to 1.</summary>
    public required double Density { get; init; }

    /// <summary>The pattern explanation's text.</summary>
    public required string Explanation { get; init; }

    /// <summary>SHA-256 of the explanation, taken before its test records were opened.</summary>
    public required string ExplanationHash { get; init; }

    /// <summary>Correlation on held-out top and random records; null where undefined.</summary>
    public required double? TopAndRandom { get; init; }

    /// <summary>Correlation on held-out random records; null where undefined.</summary>
    public required double? RandomOnly { get; init; }

    /// <summary>The token table's correlation on the same top and random records.</summary>
    public double? TokenTableTopAndRandom { get; init; }

    /// <summary>Share of random units of equal write norm whose causal score is lower, 0 to 1.</summary>
    public required double? CausalPercentile { get; init; }

    /// <summary>What driving it to its maximum adds to the log-probability of the tokens that followed it in training, beyond tokens of equal frequency; nats.</summary>
    public double? CausalEffect { get; init; }

    /// <summary>Largest value on the training text.</summary>
    public double Max { get; init; }

    /// <summary>Counts of positive values by quarter octaves below the largest, for the histogram.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Histogram { get; init; } = [];

    /// <summary>Held-out windows in which it was largest.</summary>
    [JsonIgnore]
    public IReadOnlyList<ShownExample> Examples { get; init; } = [];
}
