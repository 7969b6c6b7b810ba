using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>
/// OPT (Zhang et al. 2022, arXiv:2205.01068). The first two rows of its position embeddings are not used. OPT-350m has its norms after each sum, and embeddings
/// that are narrower than the residual stream.
/// </summary>
internal static class Opt
{
    internal static readonly Architecture Family = new(["opt"], ["model.decoder.", "decoder.", ""], Facts,
    [
        Table("embed.W_E", "*embed_tokens"), Linear("embed.project", "*project_in"),
        Table("pos_embed.W_pos", "*embed_positions", OutputSlice.After(_ => 2, config => config.Context + 2)),
        Norm("blocks.{L}.ln1", "*layers.{L}.self_attn_layer_norm"),
        Linear("blocks.{L}.attn.Q", "*layers.{L}.self_attn.q_proj"), Linear("blocks.{L}.attn.K", "*layers.{L}.self_attn.k_proj"),
        Linear("blocks.{L}.attn.V", "*layers.{L}.self_attn.v_proj"), Linear("blocks.{L}.attn.O", "*layers.{L}.self_attn.out_proj"),
        Norm("blocks.{L}.ln2", "*layers.{L}.final_layer_norm"),
        Linear("blocks.{L}.mlp.in", "*layers.{L}.fc1"), Linear("blocks.{L}.mlp.out", "*layers.{L}.fc2"),
        Norm("ln_final", "*final_layer_norm"), Linear("unembed.project", "*project_out"), Linear("unembed.U", "lm_head"),
    ], "_remove_final_layer_norm");

    private static ModelConfig Facts(CheckpointFacts file)
    {
        int width = file.Width("hidden_size", 768), heads = file.Width("num_attention_heads", 12), vocabulary = file.Tokens("vocab_size", 50_272);
        int embedding = file.Width("word_embed_proj_dim", width);
        bool tied = file.Tied(true), biased = file.Json.Flag("enable_bias", true);
        return !file.Json.Flag("layer_norm_elementwise_affine", true)
            ? throw file.Json.Bad("'layer_norm_elementwise_affine' is false; networks here have factors and addends in their norms")
            : new ModelConfig
            {
                Architecture = "opt",
                Layers = file.Layers("num_hidden_layers", 12),
                DModel = width,
                Heads = heads,
                KeyHeads = heads,
                DHead = file.HeadWidth(width, heads),
                DMlp = file.Width("ffn_dim", 3072),
                Vocabulary = vocabulary,
                EmbeddingWidth = embedding == width ? null : embedding,
                Context = file.Tokens("max_position_embeddings", 2048),
                Norm = NormKind.Layer,
                NormPlacement = file.Json.Flag("do_layer_norm_before", true) ? NormPlacement.Before : NormPlacement.After,
                PositionEmbedding = PositionKind.Learned,
                GatedMlp = false,
                MlpActivation = file.Activation("activation_function", "relu"),
                AttentionBias = biased,
                AttentionOutputBias = biased,
                MlpBias = biased,
                TiedEmbedding = tied,
                HasUnembedding = file.HasHead(tied, "lm_head.weight"),
                BosId = file.Bos(2, vocabulary),
                StopIds = file.Stops(2, vocabulary),
            };
    }
}
