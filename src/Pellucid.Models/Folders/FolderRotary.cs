using Pellucid.Models.Checkpoints;

namespace Pellucid.Models.Folders;

/// <summary>
/// Keys of rescaled rotary frequencies in a model folder: the rules of Llama 3 and YaRN have keys of TransformerLens's; the other two stand among the texts of
/// the arrays (<see cref="FolderTexts"/>).
/// </summary>
internal static class FolderRotary
{
    internal static readonly string[] Known =
    [
        "use_NTK_by_parts_rope", "NTK_by_parts_factor", "NTK_original_ctx_len", "NTK_by_parts_low_freq_factor", "NTK_by_parts_high_freq_factor",
        "use_yarn_rope", "yarn_factor", "yarn_original_max_position_embeddings", "yarn_beta_fast", "yarn_beta_slow", "yarn_attention_factor",
    ];

    /// <summary>Keys and numbers.</summary>
    internal static IEnumerable<(string Key, double Value)> Keys(RotaryScaling? scaling) => scaling switch
    {
        { Kind: RotaryScalingKind.Llama3 } =>
        [
            ("NTK_by_parts_factor", scaling.Factor), ("NTK_original_ctx_len", scaling.OriginalContext),
            ("NTK_by_parts_low_freq_factor", scaling.LowFrequencyFactor), ("NTK_by_parts_high_freq_factor", scaling.HighFrequencyFactor),
        ],
        { Kind: RotaryScalingKind.Yarn } =>
        [
            ("yarn_factor", scaling.Factor), ("yarn_original_max_position_embeddings", scaling.OriginalContext), ("yarn_beta_fast", scaling.BetaFast),
            ("yarn_beta_slow", scaling.BetaSlow), ("yarn_attention_factor", scaling.Magnitude),
        ],
        _ => [],
    };

    internal static RotaryScaling? Read(JsonFields json, int context)
    {
        if (json.Flag("use_NTK_by_parts_rope", false))
        {
            return Checked(json, new RotaryScaling
            {
                Kind = RotaryScalingKind.Llama3,
                Factor = json.Number("NTK_by_parts_factor", 8),
                OriginalContext = json.Size("NTK_original_ctx_len", LargestSizes.Tokens, 8192),
                LowFrequencyFactor = json.Number("NTK_by_parts_low_freq_factor", 1),
                HighFrequencyFactor = json.Number("NTK_by_parts_high_freq_factor", 4),
            });
        }

        return !json.Flag("use_yarn_rope", false) ? null : Checked(json, new RotaryScaling
        {
            Kind = RotaryScalingKind.Yarn,
            Factor = json.Number("yarn_factor", 1),
            OriginalContext = json.Size("yarn_original_max_position_embeddings", LargestSizes.Tokens, context),
            BetaFast = json.Number("yarn_beta_fast", 32),
            BetaSlow = json.Number("yarn_beta_slow", 1),
            AttentionFactor = json.HasValue("yarn_attention_factor") && json.Number("yarn_attention_factor", 1) is var given && given != RotaryScaling.UsualMagnitude(json.Number("yarn_factor", 1)) ? given : null,
        });
    }

    private static RotaryScaling Checked(JsonFields json, RotaryScaling scaling) => scaling.Factor > 0
        ? scaling
        : throw json.Bad($"the factor of its rotary scaling is {scaling.Factor}; a number above 0 was expected");
}
