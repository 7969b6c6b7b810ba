namespace Pellucid.Dictionaries.Training;

/// <summary>Constants of a training step.</summary>
internal sealed record StepOptions
{
    internal required int K { get; init; }

    /// <summary>Whether the k · rows largest of the whole batch are active, instead of the k largest of each row.</summary>
    internal bool OfWholeBatch { get; init; }

    /// <summary>Dead latents that reconstruct the error of a row; 0 for none.</summary>
    internal int AuxK { get; init; }

    internal double AuxCoefficient { get; init; } = 1.0 / 32;

    /// <summary>Factor on the mean over rows of ‖e‖²; 1 / E‖x − μ‖² normalizes the loss.</summary>
    internal double LossScale { get; init; } = 1;

    internal long DeadAfterTokens { get; init; } = 10_000_000;

    /// <summary>Largest norm of the whole gradient, or none.</summary>
    internal double? ClipNorm { get; init; }

    internal double Beta1 { get; init; } = 0.9;

    internal double Beta2 { get; init; } = 0.999;

    internal double AdamEpsilon { get; init; } = 6.25e-10;

    /// <summary>Whether the encoder screens with 16-bit integers: the same result, sooner.</summary>
    internal bool Screened { get; init; } = true;

    /// <summary>
    /// Whether the updates of latents without activity wait until these are active: the same result once flushed, sooner where few latents
    /// are active in a batch.
    /// </summary>
    internal bool PostponeUpdates { get; init; }
}
