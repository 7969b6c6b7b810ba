using System.Globalization;

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

    /// <summary>Of <see cref="RotaryScalingKind.Yarn"/>: factor on cosines and sines; 0.1 ln(<see cref="Factor"/>) + 1, at least 1, when null.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>The factor on cosines and sines: YaRN's <see cref="AttentionFactor"/>, or the usual one; 1 for the other rules.</summary>
    internal double Magnitude => Kind == RotaryScalingKind.Yarn ? AttentionFactor ?? UsualMagnitude(Factor) : 1;

    /// <summary>What angles depend on, on one line: the numbers that the rule reads.</summary>
    internal string Facts => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Factor:R} {OriginalContext}") + Kind switch
    {
        RotaryScalingKind.Llama3 => string.Create(CultureInfo.InvariantCulture, $", {LowFrequencyFactor:R} {HighFrequencyFactor:R}"),
        RotaryScalingKind.Yarn => string.Create(CultureInfo.InvariantCulture, $", {BetaFast:R} {BetaSlow:R} {Magnitude:R}"),
        _ => "",
    };

    /// <summary>YaRN's factor on cosines and sines where none is given (equation 22): 0.1 ln(factor) + 1, and 1 where nothing becomes longer.</summary>
    internal static double UsualMagnitude(double factor) => factor <= 1 ? 1 : (0.1 * Math.Log(factor)) + 1;

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem(int dimensions) =>
        !(Factor > 0 && double.IsFinite(Factor)) || OriginalContext < 1
            ? $"rotary frequencies are rescaled by {Factor} from a context of {OriginalContext}; both must be positive"
        : Kind == RotaryScalingKind.Dynamic && dimensions < 4 ? $"a rotary base that grows with the sequence needs 4 turned dimensions or more, not {dimensions}"
        : Kind == RotaryScalingKind.Llama3 && !(LowFrequencyFactor > 0 && HighFrequencyFactor > LowFrequencyFactor && double.IsFinite(HighFrequencyFactor))
            ? $"low and high frequency factors are {LowFrequencyFactor} and {HighFrequencyFactor}; the first must be positive and below the second"
        : Kind == RotaryScalingKind.Yarn && !(BetaSlow > 0 && BetaFast >= BetaSlow && double.IsFinite(BetaFast))
            ? $"the bounds of turns are {BetaSlow} and {BetaFast}; the first must be positive and not above the second"
        : Kind == RotaryScalingKind.Yarn && AttentionFactor is { } attention && !(attention > 0 && double.IsFinite(attention))
            ? $"the factor on cosines and sines is {attention}; it must be finite and positive"
        : null;
}
