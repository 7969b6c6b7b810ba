using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>
/// Gemma (arXiv:2403.08295), Gemma 2 (arXiv:2408.00118) and the text part of Gemma 3 (arXiv:2503.19786), Gemma Team 2024 and 2025. The factors of norms
/// are stored less 1; embeddings are scaled by √d_model; the GELU is the tanh form whatever an old config's <c>hidden_act</c> says.
/// </summary>
internal static class Gemma
{
    private static readonly ParameterRow[] Norms =
    [
        Norm("blocks.{L}.ln1", "*layers.{L}.input_layernorm", 1), Norm("blocks.{L}.ln2", "*layers.{L}.pre_feedforward_layernorm", 1), Norm("ln_final", "*norm", 1),
        Norm("blocks.{L}.ln1_post", "*layers.{L}.post_attention_layernorm", 1), Norm("blocks.{L}.ln2_post", "*layers.{L}.post_feedforward_layernorm", 1),
    ];

    internal static readonly Architecture First = new(["gemma"], Llama.Roots, file => Facts(file, Of("gemma", 256_000, 3072, 24_576, 28, 16, 8192, 16)),
        [.. Llama.Ends, .. Llama.Attention, .. Llama.Mlp, .. Llama.Norms.Select(norm => norm with { Addend = 1 })], "use_bidirectional_attention");

    internal static readonly Architecture Second = new(["gemma2"], Llama.Roots, file => Later(file, layer => layer % 2 == 0,
        Facts(file, Of("gemma2", 256_000, 2304, 9216, 26, 8, 8192, 4)) with
        {
            AttentionSoftCap = file.NumberOrNone("attn_logit_softcapping", 50),
            LogitSoftCap = file.NumberOrNone("final_logit_softcapping", 30),
        }), [.. Llama.Ends, .. Llama.Attention, .. Llama.Mlp, .. Norms], "use_bidirectional_attention");

    internal static readonly Architecture Third = new(
        ["gemma3_text", "gemma3"], ["model.", "", "language_model.model.", "model.language_model."], file => Later(file, layer => (layer + 1) % Pattern(file) != 0,
        Facts(file, Of("gemma3_text", 262_208, 2304, 9216, 26, 8, 131_072, 4) with { Base = 1_000_000 }, file.Json.Number("rope_local_base_freq", 10_000)) with
        {
            QueryKeyNorm = true,
            AttentionSoftCap = file.NumberOrNone("attn_logit_softcapping", 0),
            LogitSoftCap = file.NumberOrNone("final_logit_softcapping", 0),
        }), [.. Llama.Ends, .. Llama.Attention, .. Llama.Mlp, .. Norms, .. Qwen3.HeadNorms.Select(norm => norm with { Addend = 1 })], "use_bidirectional_attention");

    private static Llama.Defaults Of(string name, int vocabulary, int width, int mlp, int layers, int heads, int context, int keyHeads) =>
        new(name, vocabulary, width, mlp, layers, heads, context)
        {
            KeyHeads = keyHeads,
            Head = 256,
            Tied = true,
            ActivationKey = "hidden_activation",
            Activation = "gelu_pytorch_tanh",
            Bos = 2,
            Stop = 1,
        };

    private static int Pattern(CheckpointFacts file) => file.Layers("sliding_window_pattern", file.Layers("_sliding_window_pattern", 6));

    private static ModelConfig Facts(CheckpointFacts file, Llama.Defaults otherwise, double? localBase = null)
    {
        bool biased = file.Json.Flag("attention_bias", false);
        ModelConfig config = Llama.Facts(file, otherwise);
        return config with
        {
            AttentionBias = biased,
            AttentionOutputBias = biased,
            EmbeddingScale = (float)Math.Sqrt(config.DModel),
            LocalRotaryBase = config.LocalRotaryBase ?? localBase,
        };
    }

    /// <summary>What Gemma 2 and 3 have in common: norms before and after, a scale of its own, and layers with a window.</summary>
    private static ModelConfig Later(CheckpointFacts file, Func<int, bool> isLocal, ModelConfig config)
    {
        double scalar = file.Json.Number("query_pre_attn_scalar", 256);
        int window = file.WidthOrNone("sliding_window", 4096);
        return !(scalar > 0) ? throw file.Json.Bad($"'query_pre_attn_scalar' is {scalar}; a number above 0 was expected") : config with
        {
            NormPlacement = NormPlacement.BeforeAndAfter,
            AttentionScale = scalar == config.DHead ? null : (float)(1 / Math.Sqrt(scalar)),
            Window = window,
            LocalLayers = window == 0 ? [] : file.LocalLayers(config.Layers, isLocal),
        };
    }
}
