using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>
/// GPT-NeoX (Black et al. 2022, arXiv:2204.06745) and Pythia (Biderman et al. 2023, arXiv:2304.01373). Queries, keys and values are one layer, side by side
/// within each head.
/// </summary>
internal static class GptNeoX
{
    internal static readonly Architecture Family = new(["gpt_neox"], ["gpt_neox.", ""], Facts,
    [
        Table("embed.W_E", "*embed_in"),
        Norm("blocks.{L}.ln1", "*layers.{L}.input_layernorm"),
        Linear("blocks.{L}.attn.Q", "*layers.{L}.attention.query_key_value", OutputSlice.InHeads(0)),
        Linear("blocks.{L}.attn.K", "*layers.{L}.attention.query_key_value", OutputSlice.InHeads(1)),
        Linear("blocks.{L}.attn.V", "*layers.{L}.attention.query_key_value", OutputSlice.InHeads(2)),
        Linear("blocks.{L}.attn.O", "*layers.{L}.attention.dense"),
        Norm("blocks.{L}.ln2", "*layers.{L}.post_attention_layernorm"),
        Linear("blocks.{L}.mlp.in", "*layers.{L}.mlp.dense_h_to_4h"), Linear("blocks.{L}.mlp.out", "*layers.{L}.mlp.dense_4h_to_h"),
        Norm("ln_final", "*final_layer_norm"), Linear("unembed.U", "embed_out|lm_head"),
    ]);

    private static ModelConfig Facts(CheckpointFacts file)
    {
        int width = file.Width("hidden_size", 6144), heads = file.Width("num_attention_heads", 64), vocabulary = file.Tokens("vocab_size", 50_432);
        bool tied = file.Tied(false), biased = file.Json.Flag("attention_bias", true);
        return new ModelConfig
        {
            Architecture = "gpt_neox",
            Layers = file.Layers("num_hidden_layers", 44),
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = file.HeadWidth(width, heads),
            DMlp = file.Width("intermediate_size", 24_576),
            Vocabulary = vocabulary,
            Context = file.Tokens("max_position_embeddings", 2048),
            Norm = NormKind.Layer,
            NormEpsilon = file.Json.Single("layer_norm_eps", 1e-5f),
            Block = file.Json.Flag("use_parallel_residual", true) ? BlockKind.Parallel : BlockKind.Serial,
            GatedMlp = false,
            MlpActivation = file.Activation("hidden_act", "gelu"),
            AttentionBias = biased,
            AttentionOutputBias = biased,
            MlpBias = true,
            TiedEmbedding = tied,
            HasUnembedding = file.HasHead(tied, "embed_out.weight"),
            BosId = file.Bos(0, vocabulary),
            StopIds = file.Stops(2, vocabulary),
        }.WithRotary(file.Json, 10_000, "rotary_emb_base").WithRotaryPart(file.Json, 0.25, "rotary_pct", "partial_rotary_factor");
    }
}
