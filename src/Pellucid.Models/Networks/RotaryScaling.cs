namespace Pellucid.Models;

/// <summary>How rotary frequencies are changed for sequences longer than those of training. Immutable.</summary>
public sealed record RotaryScaling
{
    /// <summary>The rule.</summary>
    public required RotaryScalingKind Kind { get; init; }

    /// <summary>How many times longer sequences become; above 0.</summary>
    public required double Factor { get; init; }

    /// <summary>Longest sequence of training.</summary>
    public required int OriginalContext { get; init; }

    /// <summary>Of <see cref="RotaryScalingKind.Llama3"/>: wavelengths above <see cref="OriginalContext"/> divided by this are scaled in full.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Of <see cref="RotaryScalingKind.Llama3"/>: wavelengths below <see cref="OriginalContext"/> divided by this stay as they are.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Of <see cref="RotaryScalingKind.Yarn"/>: turns within the original context above which a frequency stays as it is.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Of <see cref="RotaryScalingKind.Yarn"/>: turns within the original context below which a frequency is scaled in full.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>Of <see cref="RotaryScalingKind.Yarn"/>: factor on cosines and sines; 0.1 ln(<see cref="Factor"/>) + 1 when null.</summary>
    public double? AttentionFactor { get; init; }
}
