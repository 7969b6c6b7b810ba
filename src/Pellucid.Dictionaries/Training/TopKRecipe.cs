namespace Pellucid.Dictionaries;

/// <summary>
/// How a TopK dictionary is trained (Gao et al. 2024, arXiv:2406.04093). Immutable. What is left null is chosen for the data; what was
/// chosen is in the dictionary's provenance.
/// </summary>
public sealed record TopKRecipe
{
    /// <summary>Number of latents; at most as many as the store has rows.</summary>
    public required int Latents { get; init; }

    /// <summary>Most latents that are active on a row.</summary>
    public required int K { get; init; }

    /// <summary>Seed of the initial weights and of the order of rows.</summary>
    public long Seed { get; init; }

    /// <summary>Passes over the store, also in part; 6 where neither this nor <see cref="Tokens"/> is given.</summary>
    public double? Epochs { get; init; }

    /// <summary>Rows to train on, in place of <see cref="Epochs"/>.</summary>
    public long? Tokens { get; init; }

    /// <summary>Rows of a step; by default a power of two near 1/4000 of the run, 64 to 4096.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// Highest learning rate; by default 2e-4 / √(latents / 2^14) times 5: the paper's for runs a thousand times longer, raised for short ones.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>Share of the steps over which the learning rate rises from 0.</summary>
    public double WarmUp { get; init; } = 0.05;

    /// <summary>Share of the steps at the end over which it falls to 0.</summary>
    public double Decay { get; init; } = 0.2;

    /// <summary>Dead latents that reconstruct the error on each row; by default a power of two near d_in / 2; 0 turns it off.</summary>
    public int? AuxK { get; init; }

    /// <summary>Weight of the auxiliary loss.</summary>
    public double AuxCoefficient { get; init; } = 1.0 / 32;

    /// <summary>Rows without activation after which a latent counts as dead; by default 10 million or 5 % of the run, whichever is less.</summary>
    public long? DeadAfterTokens { get; init; }

    /// <summary>Largest norm of the gradient over all parameters; null clips nothing.</summary>
    public double? ClipGradientNorm { get; init; } = 1;

    /// <summary>Adam's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's epsilon.</summary>
    public double AdamEpsilon { get; init; } = 6.25e-10;

    /// <summary>
    /// Most memory for rows, in bytes. A store that fits is put into a new random order each epoch; of a larger one, shards are put into a
    /// random order and rows within as many shards as fit. Part of what the result depends on.
    /// </summary>
    public long MaxBufferBytes { get; init; } = 256L << 20;

    /// <summary>Steps between checkpoints, from which a killed run goes on. The result does not depend on it.</summary>
    public int CheckpointEverySteps { get; init; } = 250;
}
