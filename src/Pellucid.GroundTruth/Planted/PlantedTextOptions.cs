namespace Pellucid.GroundTruth;

/// <summary>What texts are planted. Immutable.</summary>
public sealed record PlantedTextOptions
{
    /// <summary>Number of sequences.</summary>
    public int Sequences { get; init; } = 400;

    /// <summary>Tokens of each.</summary>
    public int Length { get; init; } = 40;

    /// <summary>Seed.</summary>
    public long Seed { get; init; }

    /// <summary>Numbers among the words: 0 to this, exclusive.</summary>
    public int Numbers { get; init; } = 40;

    /// <summary>Share of the places for a distractor that have one, 0 to 1: a bank without a river, a word without a not before it.</summary>
    public double Distractors { get; init; } = 0.5;
}
