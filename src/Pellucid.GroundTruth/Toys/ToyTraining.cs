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

    /// <summary>
    /// What has proved enough for a model of a size: a few weights settle in 2,000 steps of 512 examples at a rate of 0.03, some ten in 3,000 of 1,024, and
    /// hundreds want a third of the rate.
    /// </summary>
    /// <param name="task">The model's task.</param>
    /// <param name="seed">Seed of examples and beginnings.</param>
    public static ToyTraining For(ToyTask task, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(task);
        return ((long)task.Features * task.Hidden) switch
        {
            <= 2 => new ToyTraining { Steps = 2000, Batch = 512, LearningRate = 0.03, Seed = seed },
            <= 64 => new ToyTraining { Steps = 3000, Batch = 1024, LearningRate = 0.03, Seed = seed },
            _ => new ToyTraining { Steps = 3000, Batch = 1024, LearningRate = 0.01, Seed = seed },
        };
    }
}
