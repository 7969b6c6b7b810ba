using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <content>What is read, what may be there without meaning anything here, and what is refused.</content>
internal static partial class FolderConfig
{
    private const long LongestFile = 1 << 20;
    private const string Advice = "Write the folder anew, or correct its config.json";

    /// <summary>Keys that say how a network is held, loaded or watched, and nothing about what it computes.</summary>
    private static readonly string[] Meaningless =
    [
        "original_architecture", "from_checkpoint", "checkpoint_index", "checkpoint_label_type", "checkpoint_value", "tokenizer_name", "init_mode",
        "device", "n_devices", "seed", "initializer_range", "init_weights", "use_attn_result", "use_split_qkv_input", "use_hook_mlp_in", "use_attn_in",
        "use_hook_tokens", "ungroup_grouped_query_attention", "ungroup_gqa", "n_params", "dtype", "tokenizer_prepends_bos", "trust_remote_code",
        "decoder_start_token_id", "relative_attention_max_distance", "relative_attention_num_buckets", "experts_per_token",
    ];

    /// <summary>Keys of facts that networks here do not have: they must be null, false, or a number that is not positive.</summary>
    private static readonly string[] Absent =
    [
        "attn_only", "num_experts", "load_in_4bit", "rotary_adjacent_pairs",
    ];

    private static readonly string[] Known =
    [
        "model_name", "n_layers", "d_model", "n_ctx", "d_head", "n_heads", "n_key_value_heads", "d_mlp", "d_vocab", "d_vocab_out", "act_fn", "gated_mlp",
        "normalization_type", "eps", "final_rms", "attention_dir", "use_attn_scale", "attn_scale", "positional_embedding_type", "rotary_dim",
        "rotary_base", "tie_word_embeddings", "default_prepend_bos", "parallel_attn_mlp", "use_local_attn", "window_size", "attn_types",
        "attn_scores_soft_cap", "output_logits_soft_cap", "scale_attn_by_inverse_layer_idx", "post_embedding_ln", "use_normalization_before_and_after",
        "use_qk_norm", "rotary_base_local", .. FolderRotary.Known,
    ];

    /// <summary>Reads the facts that stand in the file; biases, token ids and the meaning of the outputs are still to be found.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prependsBos">Whether texts begin with BOS, if it is known which token that is.</param>
    /// <exception cref="BadFileException">It is not such a file, a value is impossible, or it tells of a network that cannot be built here.</exception>
    internal static ModelConfig Read(string path, out bool prependsBos)
    {
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        JsonFields json = new(path, document.RootElement, Advice);
        CheckKeys(json);
        int width = json.Size("d_model", LargestSizes.Width), size = json.Size("d_head", LargestSizes.Width), heads = json.Size("n_heads", LargestSizes.Width, width / size);
        int outputs = json.Size("d_vocab_out", LargestSizes.Tokens, 0), vocabulary = json.Size("d_vocab", LargestSizes.Tokens);
        NormKind norm = json.Choice("normalization_type", LayerNorm, (null, NormKind.None), (LayerNorm, NormKind.Layer), (RmsNorm, NormKind.Rms));
        PositionKind positions = json.Choice(
            "positional_embedding_type", Standard, (Standard, PositionKind.Learned), (Rotary, PositionKind.Rotary), (None, PositionKind.None));
        if ((long)heads * size > LargestSizes.Width)
        {
            throw json.Bad($"it has {heads} heads of {size}, {(long)heads * size} together; at most {LargestSizes.Width} are read");
        }

        if (json.Flag("final_rms", norm == NormKind.Rms) && norm != NormKind.Rms)
        {
            throw json.Bad("'final_rms' is true, but the other norms are none; networks here have norms of one kind");
        }

        int turned = positions == PositionKind.Rotary ? json.Size("rotary_dim", LargestSizes.Width, size) : size;
        if (turned > size || (turned < size && turned % 2 != 0))
        {
            throw json.Bad($"'rotary_dim' is {turned}; an even number of the {size} dimensions of a head was expected");
        }

        prependsBos = json.Flag("default_prepend_bos", true);
        double divisor = json.Number("attn_scale", -1); // −1 stands for √d_head
        return WithLocalLayers(json, new ModelConfig
        {
            Architecture = json.Text("model_name", "custom"),
            Layers = json.Size("n_layers", LargestSizes.Layers),
            DModel = width,
            Heads = heads,
            KeyHeads = json.Size("n_key_value_heads", LargestSizes.Width, heads),
            DHead = size,
            DMlp = json.Size("d_mlp", LargestSizes.Width, 4 * width),
            Vocabulary = vocabulary,
            OutputVocabulary = outputs == 0 || outputs == vocabulary ? null : outputs,
            Context = json.Size("n_ctx", LargestSizes.Tokens),
            Norm = norm,
            NormEpsilon = json.Single("eps", 1e-5f),
            PositionEmbedding = positions,
            RotaryBase = json.Number("rotary_base", 10_000),
            IsCausal = json.Choice("attention_dir", Causal, (Causal, true), (Bidirectional, false)),
            AttentionScale = !json.Flag("use_attn_scale", true) ? 1 : divisor == -1 || divisor == Math.Sqrt(size) ? null : (float)(1 / divisor),
            GatedMlp = json.Flag("gated_mlp", false),
            MlpActivation = json.Choice("act_fn", null, [.. Functions.Select(row => ((string?)row.Name, row.Function))]),
            TiedEmbedding = json.Flag("tie_word_embeddings", false),
            RotaryDimensions = turned == size ? null : turned,
            RotaryScaling = FolderRotary.Read(json, json.Size("n_ctx", LargestSizes.Tokens)),
            LocalRotaryBase = json.HasValue("rotary_base_local") ? json.Number("rotary_base_local", 0) : null,
            AttentionSoftCap = Math.Max(0, json.Single("attn_scores_soft_cap", 0)), // −1 stands for none
            LogitSoftCap = Math.Max(0, json.Single("output_logits_soft_cap", 0)),
            ScalesScoresByLayer = json.Flag("scale_attn_by_inverse_layer_idx", false),
            QueryKeyNorm = json.Flag("use_qk_norm", false),
            EmbeddingNorm = json.Flag("post_embedding_ln", false),
            Block = json.Flag("parallel_attn_mlp", false) ? BlockKind.Parallel : BlockKind.Serial,
            NormPlacement = json.Flag("use_normalization_before_and_after", false) ? NormPlacement.BeforeAndAfter : NormPlacement.Before,
        });
    }

    private static ModelConfig WithLocalLayers(JsonFields json, ModelConfig config)
    {
        if (!json.Flag("use_local_attn", false))
        {
            return config;
        }

        JsonElement[] types = json.Values("attn_types", LargestSizes.Layers) ?? throw json.Bad("'use_local_attn' is true, but 'attn_types' is missing");
        bool[] local = Array.ConvertAll(types, type => type.ValueKind == JsonValueKind.String && JsonFile.TextOf(type) is Local or Global
            ? JsonFile.TextOf(type) == Local
            : throw json.Bad($"'attn_types' has {JsonFile.Short(type.GetRawText())}; {Global} and {Local} can be read"));
        return local.Length == config.Layers
            ? config with { Window = json.Size("window_size", LargestSizes.Tokens), LocalLayers = Array.TrueForAll(local, each => each) ? [] : local }
            : throw json.Bad($"'attn_types' has {local.Length} values; there are {config.Layers} layers");
    }

    private static void CheckKeys(JsonFields json)
    {
        foreach (JsonProperty property in json.Properties)
        {
            if (Absent.Contains(property.Name))
            {
                if (!json.IsNothing(property.Name))
                {
                    throw json.Bad($"'{property.Name}' is {JsonFile.Short(property.Value.GetRawText())}; networks here cannot have that yet");
                }
            }
            else if (!Known.Contains(property.Name) && !Meaningless.Contains(property.Name))
            {
                string nearest = Known.Concat(Absent).MinBy(known => EditDistance.Between(JsonFile.Short(property.Name), known))!;
                throw json.Bad($"the key '{JsonFile.Short(property.Name)}' is not known and may say what the network computes; the nearest is '{nearest}'");
            }
        }
    }
}
