using System.Text.Json;
using Pellucid.Models.Checkpoints;
using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>GPT-Neo (Black et al. 2021, doi:10.5281/zenodo.5297715): layers with and without a window, and attention scores that are not scaled.</summary>
internal static class GptNeo
{
    internal static readonly Architecture Family = new(["gpt_neo"], ["transformer.", ""], Facts,
    [
        Table("embed.W_E", "*wte"), Table("pos_embed.W_pos", "*wpe"),
        Norm("blocks.{L}.ln1", "*h.{L}.ln_1"),
        Linear("blocks.{L}.attn.Q", "*h.{L}.attn.attention.q_proj"), Linear("blocks.{L}.attn.K", "*h.{L}.attn.attention.k_proj"),
        Linear("blocks.{L}.attn.V", "*h.{L}.attn.attention.v_proj"), Linear("blocks.{L}.attn.O", "*h.{L}.attn.attention.out_proj"),
        Norm("blocks.{L}.ln2", "*h.{L}.ln_2"),
        Linear("blocks.{L}.mlp.in", "*h.{L}.mlp.c_fc"), Linear("blocks.{L}.mlp.out", "*h.{L}.mlp.c_proj"),
        Norm("ln_final", "*ln_f"), Linear("unembed.U", "lm_head"),
    ]);

    private static ModelConfig Facts(CheckpointFacts file)
    {
        int width = file.Width("hidden_size", 2048), heads = file.Width("num_heads", 16), vocabulary = file.Tokens("vocab_size", 50_257);
        int layers = file.Layers("num_layers", 24);
        bool tied = file.Tied(true);
        return new ModelConfig
        {
            Architecture = "gpt_neo",
            Layers = layers,
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = file.HeadWidth(width, heads),
            DMlp = file.Width("intermediate_size", 4 * width),
            Vocabulary = vocabulary,
            Context = file.Tokens("max_position_embeddings", 2048),
            Norm = NormKind.Layer,
            NormEpsilon = file.Json.Single("layer_norm_epsilon", 1e-5f),
            PositionEmbedding = PositionKind.Learned,
            AttentionScale = 1,
            Window = file.Tokens("window_size", 256),
            LocalLayers = LocalLayers(file, layers),
            GatedMlp = false,
            MlpActivation = file.Activation("activation_function", "gelu_new"),
            AttentionOutputBias = true,
            MlpBias = true,
            TiedEmbedding = tied,
            HasUnembedding = file.HasHead(tied, "lm_head.weight"),
            BosId = file.Bos(50_256, vocabulary),
            StopIds = file.Stops(50_256, vocabulary),
        };
    }

    /// <summary><c>attention_types</c> is a list of [kinds, times]; <c>attention_layers</c> the same written out.</summary>
    private static bool[] LocalLayers(CheckpointFacts file, int layers)
    {
        List<bool> local = [];
        JsonElement[]? types = file.Json.Values("attention_types", LargestSizes.Layers);
        if (types is null && file.Json.Values("attention_layers", LargestSizes.Layers) is { } written)
        {
            local.AddRange(written.Select(kind => IsLocal(file, kind)));
        }
        else if (types is null)
        {
            local.AddRange(Enumerable.Range(0, layers).Select(layer => layer % 2 == 1));
        }

        foreach (JsonElement group in types ?? [])
        {
            if (group.ValueKind != JsonValueKind.Array || group.GetArrayLength() != 2 || group[0].ValueKind != JsonValueKind.Array
                || group[1].ValueKind != JsonValueKind.Number || !group[1].TryGetInt32(out int times) || times < 0
                || (long)times * group[0].GetArrayLength() > LargestSizes.Layers)
            {
                throw file.Json.Bad("'attention_types' is not a list of kinds and how often they are repeated: [[[\"global\", \"local\"], 12]]");
            }

            bool[] kinds = [.. group[0].EnumerateArray().Select(kind => IsLocal(file, kind))];
            local.AddRange(Enumerable.Repeat(kinds, times).SelectMany(each => each));
        }

        return local.Count == layers ? [.. local] : throw file.Json.Bad($"its attention types are those of {local.Count} layers; there are {layers}");
    }

    private static bool IsLocal(CheckpointFacts file, JsonElement kind) => kind.ValueKind == JsonValueKind.String && JsonFile.TextOf(kind) is "local" or "global"
        ? JsonFile.TextOf(kind) == "local"
        : throw file.Json.Bad($"'attention_types' has {JsonFile.Short(kind.GetRawText())}; global and local can be read");
}
