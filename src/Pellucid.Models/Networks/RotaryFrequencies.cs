// Frequencies base^(−2i/d) of rotary embedding (Su et al. 2021, arXiv:2104.09864), changed for sequences longer than those of training:
// all divided (Chen et al. 2023, arXiv:2306.15595); a base that grows with the sequence ("dynamic NTK", u/emozilla 2023: base ·
// (s·L/L₀ − (s − 1))^(d/(d−2))); low ones divided and high ones kept, blended between (YaRN, Peng et al. 2023, arXiv:2309.00071, equations 17 to
// 23; and Llama 3, Llama Team 2024, arXiv:2407.21783). YaRN's bounds are rounded to whole pairs and counted in the original context, as in the
// published implementations. Computed in double, rounded to single precision once.
namespace Pellucid.Models.Networks;

/// <summary>The rotary frequencies of a network.</summary>
internal static class RotaryFrequencies
{
    /// <summary>The angle of each pair at position 1, and the factor on cosines and sines.</summary>
    /// <param name="dimensions">Dimensions that are turned.</param>
    /// <param name="frequencyBase">The base.</param>
    /// <param name="scaling">The rule, if there is one.</param>
    /// <param name="length">Length of the run; read where angles depend on it.</param>
    internal static (float[] Frequencies, float Factor) Of(int dimensions, double frequencyBase, RotaryScaling? scaling, int length)
    {
        if (scaling is { Kind: RotaryScalingKind.Dynamic } && length > scaling.OriginalContext)
        {
            double longer = (scaling.Factor * length / scaling.OriginalContext) - (scaling.Factor - 1);
            frequencyBase *= Math.Pow(longer, (double)dimensions / (dimensions - 2));
        }

        double[] plain = new double[dimensions / 2];
        for (int pair = 0; pair < plain.Length; pair++)
        {
            plain[pair] = 1.0 / Math.Pow(frequencyBase, 2.0 * pair / dimensions);
        }

        Func<double, int, double>? rule = scaling?.Kind switch
        {
            RotaryScalingKind.Linear => (frequency, _) => frequency / scaling.Factor,
            RotaryScalingKind.Yarn => Yarn(dimensions, frequencyBase, scaling),
            RotaryScalingKind.Llama3 => (frequency, _) => Llama3(frequency, scaling),
            _ => null,
        };
        return ([.. plain.Select((frequency, pair) => (float)(rule is null ? frequency : rule(frequency, pair)))], (float)(scaling?.Magnitude ?? 1));
    }

    /// <summary>Pairs below the first bound keep their frequency, those above the second are divided.</summary>
    private static Func<double, int, double> Yarn(int dimensions, double frequencyBase, RotaryScaling scaling)
    {
        double first = Math.Max(Math.Floor(PairOf(scaling.BetaFast)), 0), last = Math.Min(Math.Ceiling(PairOf(scaling.BetaSlow)), dimensions - 1);
        last = last == first ? last + 0.001 : last;
        return (frequency, pair) =>
        {
            double divided = Math.Clamp((pair - first) / (last - first), 0, 1);
            return (frequency / scaling.Factor * divided) + (frequency * (1 - divided));
        };

        // The pair that turns so often within the original context.
        double PairOf(double turns) => dimensions * Math.Log(scaling.OriginalContext / (turns * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
    }

    private static double Llama3(double frequency, RotaryScaling scaling)
    {
        double turns = scaling.OriginalContext * frequency / (2 * Math.PI);
        double kept = Math.Clamp((turns - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
        return ((1 - kept) * frequency / scaling.Factor) + (kept * frequency);
    }
}
