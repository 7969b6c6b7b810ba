namespace Pellucid.Tensors;

/// <summary>What all optimizers have in common. Immutable.</summary>
public record OptimizerOptions
{
    /// <summary>The learning rate, before the schedule's factor.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>The factor on the learning rate at each step; 1 throughout by default.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Weight decay; 0 by default. What it does is the optimizer's to say.</summary>
    public float WeightDecay { get; init; }

    /// <summary>
    /// The most that the Euclidean length of all gradients together may be; longer ones are scaled down to it (Pascanu et al. 2012,
    /// arXiv:1211.5063). None by default.
    /// </summary>
    public float? ClipNorm { get; init; }

    /// <summary>The most that one value of a gradient may be away from 0; none by default. Not together with <see cref="ClipNorm"/>.</summary>
    public float? ClipValue { get; init; }
}
