using Pellucid.Models.Checkpoints;
using Pellucid.Models.Folders;

namespace Pellucid.Models.Architectures;

/// <summary>
/// Rotary positions as configs tell of them: <c>rope_theta</c> and <c>rope_scaling</c> (whose rule is <c>type</c> in old files and <c>rope_type</c>
/// in newer ones), or both in one <c>rope_parameters</c>.
/// </summary>
internal static class RotaryFacts
{
    /// <summary>The config with its rotary facts, read once <see cref="ModelConfig.Context"/> is that of the file.</summary>
    /// <param name="config">The network.</param>
    /// <param name="json">The file.</param>
    /// <param name="missingBase">The base where the file does not say.</param>
    /// <param name="baseKeys">Keys of the base, the first that has a value counts.</param>
    internal static ModelConfig WithRotary(this ModelConfig config, JsonFields json, double missingBase, params ReadOnlySpan<string> baseKeys)
    {
        foreach (string key in baseKeys)
        {
            missingBase = json.HasValue(key) ? json.Number(key, missingBase) : missingBase;
        }

        JsonFields? parameters = json.Object("rope_parameters");
        if (parameters?.Object("full_attention") is { } full)
        {
            config = config with { LocalRotaryBase = parameters?.Object("sliding_attention")?.Number("rope_theta", 10_000) ?? config.LocalRotaryBase };
            parameters = full;
        }

        config = config with { RotaryBase = parameters?.Number("rope_theta", missingBase) ?? json.Number("rope_theta", missingBase) };
        return (parameters ?? json.Object("rope_scaling")) is { } rules ? Scaled(config, rules) : config;
    }

    /// <summary>The config with a part of each head turned.</summary>
    /// <param name="config">The network.</param>
    /// <param name="json">The file.</param>
    /// <param name="missing">The part where the file does not say.</param>
    /// <param name="keys">Keys of the part, 0 to 1; the first that has a value counts.</param>
    internal static ModelConfig WithRotaryPart(this ModelConfig config, JsonFields json, double missing, params ReadOnlySpan<string> keys)
    {
        double part = json.Object("rope_parameters")?.Number("partial_rotary_factor", missing) ?? missing;
        for (int index = keys.Length - 1; index >= 0; index--)
        {
            part = json.Number(keys[index], part);
        }

        int turned = (int)(config.DHead * part);
        return part is > 0 and <= 1 && turned >= 2 && turned % 2 == 0
            ? config with { RotaryDimensions = turned == config.DHead ? null : turned }
            : throw json.Bad($"'{keys[0]}' is {part}, which turns {turned} of a head's {config.DHead} dimensions; an even number above 0 was expected");
    }

    private static ModelConfig Scaled(ModelConfig config, JsonFields rules)
    {
        RotaryScalingKind? kind = rules.Choice<RotaryScalingKind?>(
            rules.HasValue("rope_type") ? "rope_type" : "type", rules.HasValue("factor") ? null : "default", ("default", null), ("linear", RotaryScalingKind.Linear), ("dynamic", RotaryScalingKind.Dynamic),
            ("yarn", RotaryScalingKind.Yarn), ("llama3", RotaryScalingKind.Llama3));
        if (kind is not { } rule)
        {
            return config;
        }

        foreach (string key in (string[])["mscale", "mscale_all_dim", "alpha"])
        {
            if (rules.Number(key, 0) != 0)
            {
                throw rules.Bad($"'{key}' of its rotary scaling is {rules.Number(key, 0)}; networks here cannot have that yet");
            }
        }

        if (!rules.Flag("truncate", true))
        {
            throw rules.Bad("'truncate' of its rotary scaling is false; networks here cannot have that yet");
        }

        int original = rules.Size("original_max_position_embeddings", LargestSizes.Tokens, config.Context);
        double factor = rules.Number("factor", (double)config.Context / original);
        if (!(factor > 0))
        {
            throw rules.Bad($"'factor' of its rotary scaling is {factor}; a number above 0 was expected");
        }

        RotaryScaling scaling = new()
        {
            Kind = rule,
            Factor = factor,
            OriginalContext = original,
            LowFrequencyFactor = rules.Number("low_freq_factor", 1),
            HighFrequencyFactor = rules.Number("high_freq_factor", 4),
            BetaFast = rules.Number("beta_fast", 32),
            BetaSlow = rules.Number("beta_slow", 1),
            AttentionFactor = rules.HasValue("attention_factor") ? rules.Number("attention_factor", 1) : null,
        };

        // Linear and Llama 3 configs give the context that is meant; the others may give that of the training.
        bool stretches = rule is RotaryScalingKind.Dynamic or RotaryScalingKind.Yarn;
        return config with { RotaryScaling = scaling, Context = stretches ? (int)Math.Min(LargestSizes.Tokens, Math.Max(config.Context, original * factor)) : config.Context };
    }
}
