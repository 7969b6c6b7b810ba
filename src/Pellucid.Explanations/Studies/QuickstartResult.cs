using System.Text.Json.Serialization;

namespace Pellucid.Explanations.Studies;

/// <summary>What <c>pellucid quickstart</c> found: the dictionary's figures, every population's scores, the explained latents. Immutable.</summary>
public sealed record QuickstartResult
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The hook.</summary>
    public required string Hook { get; init; }

    /// <summary>Training tokens, BOS not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Width of the hook.</summary>
    public required int DIn { get; init; }

    /// <summary>Number of latents.</summary>
    public required int DSae { get; init; }

    /// <summary>Latents active at a token, at most.</summary>
    public required int K { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required long Seed { get; init; }

    /// <summary>Mean active latents on held-out text.</summary>
    public required double L0 { get; init; }

    /// <summary>Fraction of variance explained on held-out text.</summary>
    public required double VarianceExplained { get; init; }

    /// <summary>The model's own loss on held-out text, in nats.</summary>
    public required double Ce { get; init; }

    /// <summary>Loss with the hook at zero.</summary>
    public required double CeZero { get; init; }

    /// <summary>Loss with the hook at its mean.</summary>
    public required double CeMean { get; init; }

    /// <summary>Loss with the hook replaced by its reconstruction.</summary>
    public required double CeSpliced { get; init; }

    /// <summary>(ce_zero − ce_spliced) / (ce_zero − ce).</summary>
    public required double LossRecovered { get; init; }

    /// <summary>(ce_mean − ce_spliced) / (ce_mean − ce).</summary>
    public required double LossRecoveredMean { get; init; }

    /// <summary>Share of latents that are active on no training token.</summary>
    public required double DeadFraction { get; init; }

    /// <summary>Scores by population and explainer.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, ScoreSummary>> Scores { get; init; }

    /// <summary>Differences between populations and explainers, each with its interval.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>The explained latents, in the order in which they were drawn.</summary>
    public required IReadOnlyList<LatentCard> Latents { get; init; }

    /// <summary>The latent that was steered, and the texts.</summary>
    public required SteeringStudy Steering { get; init; }

    /// <summary>Seconds of each stage.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>Path of the report, once it is written.</summary>
    public string? Report { get; init; }

    /// <summary>Latents whose examples the report shows.</summary>
    [JsonIgnore]
    public IReadOnlyList<LatentCard> Shown => [.. Latents.Where(card => card.Examples.Count > 0)];
}
