using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>Llama 1 to 3 (Touvron et al. 2023, arXiv:2302.13971; Llama Team 2024, arXiv:2407.21783), whose form most later families share.</summary>
internal static class Llama
{
    /// <summary>What may stand before the names: nothing where only the network without its head was saved.</summary>
    internal static readonly string[] Roots = ["model.", ""];

    internal static readonly ParameterRow[] Mlp =
    [
        Linear("blocks.{L}.mlp.gate", "*layers.{L}.mlp.gate_proj"), Linear("blocks.{L}.mlp.in", "*layers.{L}.mlp.up_proj"),
        Linear("blocks.{L}.mlp.out", "*layers.{L}.mlp.down_proj"),
    ];

    internal static readonly ParameterRow[] Attention =
    [
        Linear("blocks.{L}.attn.Q", "*layers.{L}.self_attn.q_proj"), Linear("blocks.{L}.attn.K", "*layers.{L}.self_attn.k_proj"),
        Linear("blocks.{L}.attn.V", "*layers.{L}.self_attn.v_proj"), Linear("blocks.{L}.attn.O", "*layers.{L}.self_attn.o_proj"),
    ];

    internal static readonly ParameterRow[] Norms =
    [
        Norm("blocks.{L}.ln1", "*layers.{L}.input_layernorm"), Norm("blocks.{L}.ln2", "*layers.{L}.post_attention_layernorm"), Norm("ln_final", "*norm"),
    ];

    internal static readonly ParameterRow[] Ends = [Table("embed.W_E", "*embed_tokens"), Linear("unembed.U", "lm_head")];

    internal static readonly Architecture Family = new(["llama"], Roots, file => Facts(file, new Defaults("llama", 32_000, 4096, 11_008, 32, 32, 2048)
    {
        Bos = 1,
        Stop = 2,
    }) with
    {
        AttentionBias = file.Json.Flag("attention_bias", false),
        AttentionOutputBias = file.Json.Flag("attention_bias", false),
        MlpBias = file.Json.Flag("mlp_bias", false),
    }, [.. Ends, .. Attention, .. Mlp, .. Norms]);

    /// <summary>What a family's configs mean by keys that are missing.</summary>
    internal sealed record Defaults(string Name, int Vocabulary, int Width, int Mlp, int Layers, int Heads, int Context)
    {
        /// <summary>Key and value heads; as many as the heads where null.</summary>
        internal int? KeyHeads { get; init; }

        /// <summary>Width of a head; the residual stream shared out among the heads where null.</summary>
        internal int? Head { get; init; }

        internal bool Tied { get; init; }

        internal string Activation { get; init; } = "silu";

        internal string ActivationKey { get; init; } = "hidden_act";

        internal double Base { get; init; } = 10_000;

        internal float Epsilon { get; init; } = 1e-6f;

        /// <summary>The token that begins a text; −1 where the family was not trained with one, so that the config's does not count.</summary>
        internal int Bos { get; init; } = -1;

        internal int Stop { get; init; } = -1;
    }

    /// <summary>The facts that all families of this form tell under the same keys.</summary>
    internal static ModelConfig Facts(CheckpointFacts file, Defaults otherwise)
    {
        int width = file.Width("hidden_size", otherwise.Width), heads = file.Width("num_attention_heads", otherwise.Heads);
        int vocabulary = file.Tokens("vocab_size", otherwise.Vocabulary);
        bool tied = file.Tied(otherwise.Tied);
        return new ModelConfig
        {
            Architecture = otherwise.Name,
            Layers = file.Layers("num_hidden_layers", otherwise.Layers),
            DModel = width,
            Heads = heads,
            KeyHeads = file.Width("num_key_value_heads", otherwise.KeyHeads ?? heads),
            DHead = file.Json.HasValue("head_dim") || otherwise.Head is not null ? file.Width("head_dim", otherwise.Head ?? 1) : file.HeadWidth(width, heads),
            DMlp = file.Width("intermediate_size", otherwise.Mlp),
            Vocabulary = vocabulary,
            Context = file.Tokens("max_position_embeddings", otherwise.Context),
            Norm = NormKind.Rms,
            NormEpsilon = file.Json.Single("rms_norm_eps", otherwise.Epsilon),
            MlpActivation = file.Activation(otherwise.ActivationKey, otherwise.Activation),
            TiedEmbedding = tied,
            HasUnembedding = file.HasHead(tied, "lm_head.weight"),
            BosId = otherwise.Bos < 0 ? null : file.Bos(otherwise.Bos, vocabulary),
            StopIds = file.Stops(otherwise.Stop, vocabulary),
        }.WithRotary(file.Json, otherwise.Base);
    }
}
