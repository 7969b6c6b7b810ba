// The keys and their meanings are those of TransformerLens's HookedTransformerConfig, so that the file can be given to it as it is. What it has no
// key for (token ids of BOS and stops, whether outputs are tokens) stands among the texts of model.safetensors: FolderTexts.cs.
using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;

namespace Pellucid.Models.Folders;

/// <summary>
/// <c>config.json</c> of a model folder, written and read. A fact that networks here do not have is refused by its name, and so is a key that is
/// not known, since it may be one. Whether matrices have biases is not in it: that follows from the arrays.
/// </summary>
internal static partial class FolderConfig
{
    internal const string FileName = "config.json";

    private const string Rotary = "rotary";
    private const string Standard = "standard";
    private const string None = "none";
    private const string Causal = "causal";
    private const string Bidirectional = "bidirectional";
    private const string Local = "local";
    private const string Global = "global";
    private const string LayerNorm = "LN";
    private const string RmsNorm = "RMS";

    private static readonly JsonWriterOptions Format = new() { Indented = true, NewLine = "\n" };

    /// <summary>Activation functions; of a function with several names the first is written.</summary>
    private static readonly (string Name, Activation Function)[] Functions =
    [
        ("relu", Activation.Relu), ("gelu", Activation.Gelu), ("gelu_new", Activation.GeluTanh), ("gelu_fast", Activation.GeluTanh),
        ("gelu_pytorch_tanh", Activation.GeluTanh), ("silu", Activation.Silu), (None, Activation.None),
    ];

    internal static byte[] Write(ModelConfig config)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("model_name", config.Architecture.Length == 0 ? "custom" : JsonFile.Short(config.Architecture));
            json.WriteNumber("n_layers", config.Layers);
            json.WriteNumber("d_model", config.DModel);
            json.WriteNumber("n_ctx", config.Context);
            json.WriteNumber("d_head", config.DHead);
            json.WriteNumber("n_heads", config.Heads);
            WriteNumberOrNull(json, "n_key_value_heads", config.KeyHeads == config.Heads ? null : config.KeyHeads);
            json.WriteNumber("d_mlp", config.DMlp);
            json.WriteNumber("d_vocab", config.Vocabulary);
            json.WriteNumber("d_vocab_out", config.Outputs);
            json.WriteString("act_fn", Array.Find(Functions, row => row.Function == config.MlpActivation).Name);
            json.WriteBoolean("gated_mlp", config.GatedMlp);
            json.WriteString("normalization_type", config.Norm switch { NormKind.Layer => LayerNorm, NormKind.Rms => RmsNorm, _ => null });
            json.WriteNumber("eps", config.NormEpsilon);
            json.WriteBoolean("final_rms", config.Norm == NormKind.Rms);
            json.WriteString("attention_dir", config.IsCausal ? Causal : Bidirectional);
            json.WriteBoolean("use_attn_scale", config.AttentionScale != 1);
            json.WriteNumber("attn_scale", config.AttentionScale is { } factor ? 1 / (double)factor : Math.Sqrt(config.DHead));
            json.WriteString(
                "positional_embedding_type",
                config.PositionEmbedding switch { PositionKind.Rotary => Rotary, PositionKind.Learned => Standard, _ => None });
            WriteNumberOrNull(json, "rotary_dim", config.PositionEmbedding == PositionKind.Rotary ? config.RotaryDimensions ?? config.DHead : null);
            json.WriteNumber("rotary_base", config.RotaryBase);
            json.WriteBoolean("rotary_adjacent_pairs", false);
            json.WriteBoolean("tie_word_embeddings", config.TiedEmbedding);
            json.WriteBoolean("default_prepend_bos", config.BosId is not null);
            WriteOfFew(json, config);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>The facts that only some architectures have, where this one has them.</summary>
    private static void WriteOfFew(Utf8JsonWriter json, ModelConfig config)
    {
        if (config.Window > 0)
        {
            json.WriteBoolean("use_local_attn", true);
            json.WriteNumber("window_size", config.Window);
            json.WriteStartArray("attn_types");
            for (int layer = 0; layer < config.Layers; layer++)
            {
                json.WriteStringValue(config.IsLocal(layer) ? Local : Global);
            }

            json.WriteEndArray();
        }

        (string Key, float Value)[] caps = [("attn_scores_soft_cap", config.AttentionSoftCap), ("output_logits_soft_cap", config.LogitSoftCap)];
        foreach ((string key, float value) in caps.Where(cap => cap.Value > 0))
        {
            json.WriteNumber(key, value);
        }

        (string Key, bool Value)[] flags =
        [
            ("parallel_attn_mlp", config.Block != BlockKind.Serial), ("scale_attn_by_inverse_layer_idx", config.ScalesScoresByLayer),
            ("post_embedding_ln", config.EmbeddingNorm), ("use_normalization_before_and_after", config.NormPlacement == NormPlacement.BeforeAndAfter),
            ("use_qk_norm", config.QueryKeyNorm), ("use_NTK_by_parts_rope", config.RotaryScaling?.Kind == RotaryScalingKind.Llama3),
            ("use_yarn_rope", config.RotaryScaling?.Kind == RotaryScalingKind.Yarn),
        ];
        foreach ((string key, bool value) in flags.Where(flag => flag.Value))
        {
            json.WriteBoolean(key, value);
        }

        if (config.LocalRotaryBase is { } local)
        {
            json.WriteNumber("rotary_base_local", local);
        }

        foreach ((string key, double value) in FolderRotary.Keys(config.RotaryScaling))
        {
            json.WriteNumber(key, value);
        }
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
