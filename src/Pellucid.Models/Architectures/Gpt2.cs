using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>GPT-2 (Radford et al. 2019). Its linear layers are stored inputs by outputs; queries, keys and values are one of them.</summary>
internal static class Gpt2
{
    internal static readonly Architecture Family = new(["gpt2"], ["transformer.", ""], Facts,
    [
        Table("embed.W_E", "*wte"), Table("pos_embed.W_pos", "*wpe"),
        Norm("blocks.{L}.ln1", "*h.{L}.ln_1"),
        Turned("blocks.{L}.attn.Q", "*h.{L}.attn.c_attn", Part(0)),
        Turned("blocks.{L}.attn.K", "*h.{L}.attn.c_attn", Part(1)),
        Turned("blocks.{L}.attn.V", "*h.{L}.attn.c_attn", Part(2)),
        Turned("blocks.{L}.attn.O", "*h.{L}.attn.c_proj"),
        Norm("blocks.{L}.ln2", "*h.{L}.ln_2"),
        Turned("blocks.{L}.mlp.in", "*h.{L}.mlp.c_fc"), Turned("blocks.{L}.mlp.out", "*h.{L}.mlp.c_proj"),
        Norm("ln_final", "*ln_f"), Linear("unembed.U", "lm_head"),
    ], "add_cross_attention");

    private static OutputSlice Part(int part) => OutputSlice.After(config => part * config.DModel, config => 3 * config.DModel);

    private static ModelConfig Facts(CheckpointFacts file)
    {
        int width = file.Width("n_embd", 768), heads = file.Width("n_head", 12), vocabulary = file.Tokens("vocab_size", 50_257);
        bool tied = file.Tied(true);
        return new ModelConfig
        {
            Architecture = "gpt2",
            Layers = file.Layers("n_layer", 12),
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = file.HeadWidth(width, heads),
            DMlp = file.Width("n_inner", 4 * width),
            Vocabulary = vocabulary,
            Context = file.Tokens("n_positions", 1024),
            Norm = NormKind.Layer,
            NormEpsilon = file.Json.Single("layer_norm_epsilon", 1e-5f),
            PositionEmbedding = PositionKind.Learned,
            AttentionScale = file.Json.Flag("scale_attn_weights", true) ? null : 1,
            ScalesScoresByLayer = file.Json.Flag("scale_attn_by_inverse_layer_idx", false),
            GatedMlp = false,
            MlpActivation = file.Activation("activation_function", "gelu_new"),
            AttentionBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            TiedEmbedding = tied,
            HasUnembedding = file.HasHead(tied, "lm_head.weight"),
            BosId = file.Bos(50_256, vocabulary),
            StopIds = file.Stops(50_256, vocabulary),
        };
    }
}
