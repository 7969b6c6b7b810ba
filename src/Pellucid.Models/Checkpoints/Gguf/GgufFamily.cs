using Pellucid.Models.Architectures;
using Pellucid.Tensors;
using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>
/// One family of GGUF files as facts. Arrays have the same names in all of them, and so have most facts; a family adds what its
/// metadata leave unsaid. Immutable.
/// </summary>
/// <param name="Name">The value of <c>general.architecture</c>.</param>
/// <param name="Norm">How it scales the residual stream.</param>
/// <param name="Activation">The MLP's activation function: that of the original networks.</param>
/// <param name="With">The facts with what is particular to the family.</param>
internal sealed record GgufFamily(string Name, NormKind Norm, Activation Activation, Func<GgufFacts, ModelConfig, ModelConfig> With)
{
    /// <summary>Whether the file turns neighbouring dimensions of a head, so that rows of queries and keys are put into another order.</summary>
    internal bool TurnsPairs { get; init; }

    /// <summary>Every family that can be opened.</summary>
    internal static IReadOnlyList<GgufFamily> All { get; } =
    [
        new("llama", NormKind.Rms, Activation.Silu, AsItIs) { TurnsPairs = true },
        new("qwen2", NormKind.Rms, Activation.Silu, AsItIs),
        new("qwen3", NormKind.Rms, Activation.Silu, AsItIs),
        new("gemma", NormKind.Rms, Activation.GeluTanh, ScaledEmbedding),
        new("gemma2", NormKind.Rms, Activation.GeluTanh, Gemma2),
        new("gemma3", NormKind.Rms, Activation.GeluTanh, Gemma3),
        new("phi2", NormKind.Layer, Activation.GeluTanh, (_, config) => config with { Block = BlockKind.ParallelSharedNorm }),
        new("phi3", NormKind.Rms, Activation.Silu, (_, config) => config with { GatedMlp = true }),
        new("gpt2", NormKind.Layer, Activation.GeluTanh, AsItIs),
        new("gptneox", NormKind.Layer, Activation.Gelu, (file, config) => config with
        {
            Block = file.Flag("use_parallel_residual", true) ? BlockKind.Parallel : BlockKind.Serial,
        }),
        new("bert", NormKind.Layer, Activation.Gelu, Bert),
    ];

    /// <summary>Where the parameters of a network are.</summary>
    internal ParameterRow[] Rows(GgufFacts file)
    {
        bool fused = file.HasArray("blk.0.attn_qkv.weight"), gateInUp = Name == "phi3";
        OutputSlice? turned = TurnsPairs ? PairsToHalves : null;
        return
        [
            Table("embed.W_E", "*token_embd"), Table("pos_embed.W_pos", "*position_embd"), Table("embed.W_token_type", "*token_types"),
            ParameterRow.Norm("embed.ln", "*token_embd_norm"),
            ParameterRow.Norm("blocks.{L}.ln1", "*blk.{L}.attn_norm|*blk.{L}.attn_output_norm"),
            fused ? Linear("blocks.{L}.attn.Q", "*blk.{L}.attn_qkv", Fused(_ => 0)) : Linear("blocks.{L}.attn.Q", "*blk.{L}.attn_q", turned),
            fused ? Linear("blocks.{L}.attn.K", "*blk.{L}.attn_qkv", Fused(Queries)) : Linear("blocks.{L}.attn.K", "*blk.{L}.attn_k", KeysToHalves(turned)),
            fused
                ? Linear("blocks.{L}.attn.V", "*blk.{L}.attn_qkv", Fused(config => Queries(config) + (config.KeyHeads * config.DHead)))
                : Linear("blocks.{L}.attn.V", "*blk.{L}.attn_v"),
            Linear("blocks.{L}.attn.O", "*blk.{L}.attn_output"),
            ParameterRow.Norm("blocks.{L}.attn.q_norm", "*blk.{L}.attn_q_norm"), ParameterRow.Norm("blocks.{L}.attn.k_norm", "*blk.{L}.attn_k_norm"),
            ParameterRow.Norm("blocks.{L}.ln1_post", "*blk.{L}.post_attention_norm"),
            ParameterRow.Norm("blocks.{L}.ln2", "*blk.{L}.ffn_norm|*blk.{L}.layer_output_norm"),
            gateInUp ? Linear("blocks.{L}.mlp.gate", "*blk.{L}.ffn_up", Half(0)) : Linear("blocks.{L}.mlp.gate", "*blk.{L}.ffn_gate"),
            Linear("blocks.{L}.mlp.in", "*blk.{L}.ffn_up", gateInUp ? Half(1) : null),
            Linear("blocks.{L}.mlp.out", "*blk.{L}.ffn_down"),
            ParameterRow.Norm("blocks.{L}.ln2_post", "*blk.{L}.post_ffw_norm"),
            ParameterRow.Norm("ln_final", "*output_norm"), Linear("unembed.U", "*output"),
        ];
    }

    /// <summary>Row (i, half) of a head is row 2i + half of the file's.</summary>
    private static OutputSlice PairsToHalves { get; } = new(Queries, Paired);

    private static OutputSlice? KeysToHalves(OutputSlice? queries) => queries is null ? null : new(config => config.KeyHeads * config.DHead, Paired);

    private static int Paired(ModelConfig config, int index)
    {
        (int within, int half) = (index % config.DHead, config.DHead / 2);
        return index - within + (within % half * 2) + (within / half);
    }

    private static int Queries(ModelConfig config) => config.Heads * config.DHead;

    /// <summary>Queries, keys and values one below the other.</summary>
    private static OutputSlice Fused(Func<ModelConfig, int> first) => OutputSlice.After(first, config => (config.Heads + (2 * config.KeyHeads)) * config.DHead);

    private static OutputSlice Half(int half) => OutputSlice.After(config => half * config.DMlp, config => 2 * config.DMlp);

    private static ModelConfig AsItIs(GgufFacts file, ModelConfig config) => config;

    private static ModelConfig ScaledEmbedding(GgufFacts file, ModelConfig config) => config with { EmbeddingScale = (float)Math.Sqrt(config.DModel) };

    /// <summary>
    /// Every other layer is local, the first one too. The file does not say that the largest of the family (46 layers) divides its scores by the width
    /// of the residual stream over the heads, and not by that of a head.
    /// </summary>
    private static ModelConfig Gemma2(GgufFacts file, ModelConfig config) => Later(file, config, layer => layer % 2 == 0, largest: 46) with
    {
        Window = file.SizeOr("attention.sliding_window", LargestSizes.Tokens) ?? 4096,
        AttentionSoftCap = (float)file.Number("attn_logit_softcapping", 50),
        LogitSoftCap = (float)file.Number("final_logit_softcapping", 30),
    };

    /// <summary>Five layers of six are local, with a base of their own that older files do not give; the largest of the family has 62 layers.</summary>
    private static ModelConfig Gemma3(GgufFacts file, ModelConfig config) => Later(file, config, layer => (layer + 1) % 6 != 0, largest: 62) with
    {
        LocalRotaryBase = file.Positive("rope.freq_base_swa", 10_000),
        LogitSoftCap = (float)file.Number("final_logit_softcapping", 0),
    };

    private static ModelConfig Later(GgufFacts file, ModelConfig config, Func<int, bool> isLocal, int largest) => ScaledEmbedding(file, config) with
    {
        NormPlacement = NormPlacement.BeforeAndAfter,
        LocalLayers = [.. Enumerable.Range(0, config.Layers).Select(isLocal)],
        AttentionScale = config.Layers == largest ? (float)(1 / Math.Sqrt((double)config.DModel / config.Heads)) : null,
    };

    private static ModelConfig Bert(GgufFacts file, ModelConfig config) => config with
    {
        NormPlacement = NormPlacement.After,
        EmbeddingNorm = true,
        TokenTypes = file.File["token_types.weight"].Shape[0],
        IsCausal = false,
        HasUnembedding = false,
        TiedEmbedding = true,
    };
}
