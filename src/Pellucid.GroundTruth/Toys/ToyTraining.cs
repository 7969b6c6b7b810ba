namespace Pellucid.GroundTruth;

/// <summary>How toy models are trained: Adam on fresh examples, with a learning rate that falls along half a cosine to 0.</summary>
public sealed record ToyTraining
{
    /// <summary>Steps; 1 or more.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Examples in a step; a multiple of 4.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>The first, and largest, learning rate.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Seed of examples and beginnings.</summary>
    public long Seed { get; init; }
}
