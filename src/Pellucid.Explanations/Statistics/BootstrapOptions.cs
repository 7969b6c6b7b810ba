namespace Pellucid.Explanations;

/// <summary>How an interval is found. Immutable.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Number of resamples.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>Share of resampled means inside the interval, between 0 and 1.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; }
}
