namespace Pellucid.Explanations;

/// <summary>How a population is drawn, explained and scored. Immutable.</summary>
public sealed record PopulationOptions
{
    /// <summary>Units to draw; fewer where fewer qualify.</summary>
    public int Units { get; init; } = 100;

    /// <summary>The units to take, instead of drawing any.</summary>
    public IReadOnlyList<int>? Chosen { get; init; }

    /// <summary>Held-out tokens on which a unit must fire to be drawn.</summary>
    public int MinimumActiveTokens { get; init; } = 20;

    /// <summary>Seed of the draw and of the intervals.</summary>
    public long Seed { get; init; }

    /// <summary>Training records of a unit.</summary>
    public UnitRecordOptions Records { get; init; } = new();

    /// <summary>Held-out records of a unit.</summary>
    public TestOptions Test { get; init; } = new();

    /// <summary>Units explained at the same time; the results do not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
