namespace Pellucid.Explanations;

/// <summary>A unit with its explanations and their evidence. Immutable.</summary>
public sealed record ScoredUnit
{
    /// <summary>Index of the unit.</summary>
    public required int Unit { get; init; }

    /// <summary>Share of training tokens on which it fires, 0 to 1.</summary>
    public required double Density { get; init; }

    /// <summary>Its explanations by explainer.</summary>
    public required IReadOnlyDictionary<string, Explanation> Explanations { get; init; }

    /// <summary>What the held-out records said of each, by explainer.</summary>
    public required IReadOnlyDictionary<string, Evidence> Evidence { get; init; }
}
