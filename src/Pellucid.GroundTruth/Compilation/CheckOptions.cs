namespace Pellucid.GroundTruth;

/// <summary>On which inputs a compiled program is held against its RASP program. Immutable.</summary>
public sealed record CheckOptions
{
    /// <summary>All inputs where there are at most so many, else so many drawn.</summary>
    public int Inputs { get; init; } = 5000;

    /// <summary>Seed of the drawing: a length from 1 to the longest, then each token.</summary>
    public long Seed { get; init; }

    /// <summary>Stops the check.</summary>
    public CancellationToken CancellationToken { get; init; }
}
