namespace Pellucid.GroundTruth;

/// <summary>On which pairs of inputs a circuit is tested. Immutable.</summary>
public sealed record CircuitCheckOptions
{
    /// <summary>Pairs of a clean and a corrupted input that are drawn at once.</summary>
    public int Pairs { get; init; } = 64;

    /// <summary>
    /// How often more pairs are drawn for the edges that no pair has needed yet: that some pair needs an edge is shown by finding one. Each
    /// time the clean inputs are spread over the values of another variable.
    /// </summary>
    public int Rounds { get; init; } = 24;

    /// <summary>Seed of the pairs.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Largest difference of a logit that counts as none. Where nothing differs in exact arithmetic, float32 leaves the rounding of
    /// thresholds that see another sum: 1e-4 is far above it and far below the 1 between two values.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Stops the check.</summary>
    public CancellationToken CancellationToken { get; init; }
}
