namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>Rotary positions as GGUF files tell of them.</summary>
internal static class GgufRotary
{
    internal const string Frequencies = "rope_freqs.weight";

    /// <summary>Relative; the file has factors in single precision that were computed in it.</summary>
    private const double Tolerance = 1e-4;

    internal static ModelConfig WithRotary(this ModelConfig config, GgufFacts file, bool turnsPairs)
    {
        int turned = file.SizeOr("rope.dimension_count", LargestSizes.Width) ?? config.DHead;
        if (turned > config.DHead || turned % 2 != 0 || (turnsPairs && turned != config.DHead))
        {
            throw file.Bad($"its rotary embedding turns {turned} of a head's {config.DHead} dimensions; {(turnsPairs ? "all of them were" : "an even part was")} expected");
        }

        return config with
        {
            RotaryBase = file.Positive("rope.freq_base", 10_000),
            RotaryDimensions = turned == config.DHead ? null : turned,
            RotaryScaling = file.HasArray(Frequencies) ? OfFrequencies(file, config with { RotaryBase = file.Positive("rope.freq_base", 10_000) }, turned) : OfKeys(file, config),
        };
    }

    private static RotaryScaling? OfKeys(GgufFacts file, ModelConfig config)
    {
        double factor = file.Positive("rope.scaling.factor", file.Positive("rope.scale_linear", 1));
        string type = file.Text("rope.scaling.type") ?? (file.Has("rope.scale_linear") || file.Has("rope.scaling.factor") ? "linear" : "none");
        int original = file.SizeOr("rope.scaling.original_context_length", LargestSizes.Tokens) ?? config.Context;
        foreach (string key in (string[])["rope_factors_long.weight", "rope_factors_short.weight"])
        {
            if (file.HasArray(key))
            {
                throw file.Bad($"it has '{key}', factors of the rotary frequencies that depend on the length of a text; networks here cannot have that yet");
            }
        }

        if (file.Number("rope.scaling.yarn_log_multiplier", 0) != 0)
        {
            throw file.Bad("its 'rope.scaling.yarn_log_multiplier' is not 0; networks here cannot have that yet");
        }

        return type switch
        {
            "none" => null,
            "linear" => factor == 1 ? null : new RotaryScaling { Kind = RotaryScalingKind.Linear, Factor = factor, OriginalContext = original },
            "yarn" => new RotaryScaling
            {
                Kind = RotaryScalingKind.Yarn,
                Factor = factor,
                OriginalContext = original,
                BetaFast = file.Positive("rope.scaling.yarn_beta_fast", 32),
                BetaSlow = file.Positive("rope.scaling.yarn_beta_slow", 1),
                AttentionFactor = ((string[])["rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor"]).FirstOrDefault(file.Has) is { } key
                    ? file.Positive(key) * RotaryScaling.UsualMagnitude(factor)
                    : null,
            },
            _ => throw file.Bad($"its rotary scaling is '{JsonFile.Short(type)}'; none, linear and yarn can be read"),
        };
    }

    /// <summary>
    /// Files of Llama 3 have, in place of the rule of its rotary scaling, what the rule made: a divisor for each frequency. The rule's two bounds and the
    /// original context are the same in all of its versions and the factor is the largest divisor; that they give the file's divisors is checked.
    /// </summary>
    private static RotaryScaling OfFrequencies(GgufFacts file, ModelConfig config, int turned)
    {
        GgufTensor tensor = file.File[Frequencies];
        float[] divisors = new float[tensor.Shape.Count is var count && count == turned / 2 && tensor.Shape.Rank == 1
            ? count
            : throw file.Bad($"array '{Frequencies}' is {tensor.Shape}; [{turned / 2}] was expected")];
        file.File.ReadRows(Frequencies, 0, divisors);
        RotaryScaling scaling = new() { Kind = RotaryScalingKind.Llama3, Factor = divisors.Max(), OriginalContext = 8192 };
        for (int i = 0; i < divisors.Length; i++)
        {
            double wavelength = 2 * Math.PI * Math.Pow(config.RotaryBase, 2.0 * i / turned);
            double blend = Math.Clamp(
                ((scaling.OriginalContext / wavelength) - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
            double expected = 1 / (((1 - blend) / scaling.Factor) + blend);
            if (!(Math.Abs(divisors[i] - expected) <= Tolerance * expected))
            {
                throw file.Bad($"value {i} of '{Frequencies}' is {divisors[i]}; {expected} would be that of Llama 3's rotary scaling, the only one that is stored so");
            }
        }

        return scaling;
    }
}
