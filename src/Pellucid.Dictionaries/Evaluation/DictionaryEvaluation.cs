namespace Pellucid.Dictionaries;

/// <summary>
/// What a dictionary does on held-out text. Losses are means in nats over predicted tokens; the position of BOS is left out of every
/// measure of activations and of every change to them. Fractions are 0 to 1. Immutable.
/// </summary>
public sealed record DictionaryEvaluation
{
    /// <summary>Tokens evaluated, BOS not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Documents that they come from.</summary>
    public required int Documents { get; init; }

    /// <summary>Mean number of active latents on a token.</summary>
    public required double L0 { get; init; }

    /// <summary>1 − E‖e‖² / E‖x − μ‖², μ the mean of each dimension over this text; NaN where all activations are equal.</summary>
    public required double VarianceExplained { get; init; }

    /// <summary>Mean cosine between activation and reconstruction; a pair with a zero vector counts as 0.</summary>
    public required double Cosine { get; init; }

    /// <summary>Loss of the model as it is.</summary>
    public required double Ce { get; init; }

    /// <summary>Loss with the hook set to zero.</summary>
    public required double CeZero { get; init; }

    /// <summary>Loss with the hook set to its mean: over the training text where that was saved with the dictionary, else over this one.</summary>
    public required double CeMean { get; init; }

    /// <summary>Whether the mean is that of the training text.</summary>
    public required bool MeanFromTraining { get; init; }

    /// <summary>Loss with the hook set to its reconstruction.</summary>
    public required double CeSpliced { get; init; }

    /// <summary>(CE_zero − CE_spliced) / (CE_zero − CE); NaN where zeroing the hook changes nothing.</summary>
    public required double LossRecovered { get; init; }

    /// <summary>Its 95 % bootstrap interval over documents; null where none was asked for.</summary>
    public required Interval? LossRecoveredInterval { get; init; }

    /// <summary>(CE_mean − CE_spliced) / (CE_mean − CE); NaN where averaging the hook changes nothing.</summary>
    public required double LossRecoveredMean { get; init; }

    /// <summary>Its 95 % bootstrap interval over documents; null where none was asked for.</summary>
    public required Interval? LossRecoveredMeanInterval { get; init; }

    /// <summary>Share of latents without any activation on the training text; null where the dictionary has no statistics.</summary>
    public required double? DeadFraction { get; init; }

    /// <summary>Share of latents that are active on more than a tenth of this text's tokens.</summary>
    public required double DenseFraction { get; init; }

    /// <summary>Densities of the latents on this text.</summary>
    public required DensityHistogram Density { get; init; }
}
