namespace Pellucid.Explanations;

/// <summary>How well an explanation predicted held-out activations. Immutable.</summary>
public sealed record SimulationScore
{
    /// <summary>Correlation over the top and the random records, −1 to 1; null where prediction or truth does not vary.</summary>
    public double? TopAndRandom { get; init; }

    /// <summary>Correlation over the random records alone, −1 to 1; null where prediction or truth does not vary.</summary>
    public double? RandomOnly { get; init; }

    /// <summary>Uncentred R² over the top and the random records, at most 1; null where the unit never fires in them.</summary>
    public double? TopAndRandomR2 { get; init; }

    /// <summary>Uncentred R² over the random records alone, at most 1; null where the unit never fires in them.</summary>
    public double? RandomOnlyR2 { get; init; }

    /// <summary>Number of top records.</summary>
    public required int NTop { get; init; }

    /// <summary>Number of random records.</summary>
    public required int NRandom { get; init; }

    /// <summary>Tokens in all records.</summary>
    public required int Tokens { get; init; }
}
