using System.Text.Json;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>
/// A small random network of one architecture with the numbers that the transformers library computed of it (goldens/hf-*/README.md): logits,
/// activations, and gradients by PyTorch's autograd.
/// </summary>
internal sealed class HuggingFaceFixture
{
    private static readonly Dictionary<string, Lazy<HuggingFaceFixture>> All =
        Names.ToDictionary(name => name, name => new Lazy<HuggingFaceFixture>(() => new HuggingFaceFixture(name)));

    private HuggingFaceFixture(string name)
    {
        Config = ConfigOf(Json(name, "config.json"));
        JsonElement golden = Json(name, "golden.json");
        (Tokens, Padded) = (Ids(golden.GetProperty("main")), Ids(golden.GetProperty("right_padded")));
        Greedy = [.. golden.GetProperty("greedy").EnumerateArray().Select(Row)];
        Loss = golden.GetProperty("loss").GetDouble();
        Tolerance = Math.Max(5e-5, 10 * golden.GetProperty("f32_vs_f64").EnumerateObject().Max(value => value.Value.GetDouble()));
        Arrays = Read(name, "golden.safetensors");
        Gradients = HuggingFaceNames.Arrays(Config, Read(name, "grads.safetensors"));
        using ModelParameters parameters = ModelParameters.From(Config, HuggingFaceNames.Arrays(Config, Read(name, "model.safetensors")));
        Model = parameters.ToModel(name);
    }

    internal static IReadOnlyList<string> Names => ["gpt2", "llama"];

    internal ModelConfig Config { get; }

    internal Model Model { get; }

    /// <summary>The two sequences of 17 tokens that most numbers are of.</summary>
    internal TokenBatch Tokens { get; }

    /// <summary>Three sequences of different lengths.</summary>
    internal TokenBatch Padded { get; }

    /// <summary>The tokens that greedy decoding adds to <see cref="Tokens"/>.</summary>
    internal int[][] Greedy { get; }

    internal double Loss { get; }

    /// <summary>
    /// For logits and activations: ten times what the library's own float32 differs from its float64, at least 5e-5. A wrong epsilon, GELU or
    /// rotary base changes the logits by 1e-4 and more.
    /// </summary>
    internal double Tolerance { get; }

    /// <summary>The library's arrays, under its names.</summary>
    internal Dictionary<string, Tensor> Arrays { get; }

    /// <summary>The gradients of the loss with respect to every parameter, under our names.</summary>
    internal Dictionary<string, Tensor> Gradients { get; }

    internal static HuggingFaceFixture Of(string name) => All[name].Value;

    /// <summary>Each of the library's arrays that one of our activations has to equal, and the norm whose weight and bias come between.</summary>
    internal IEnumerable<(string Array, string Hook, string? Norm)> Activations()
    {
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            yield return ($"hidden_states.{layer}", Hook.ResidPre(layer), null);
            yield return ($"attentions.{layer}", Hook.Pattern(layer), null);
            (string Array, string Hook, string? Norm)[] inside =
            [
                ("attn_scores", Hook.AttnScores(layer), null), ("q", Hook.Q(layer), null), ("k", Hook.K(layer), null), ("v", Hook.V(layer), null),
                ("z", Hook.Z(layer), null), ("q_rot", Hook.RotQ(layer), null), ("k_rot", Hook.RotK(layer), null), ("attn_out", Hook.AttnOut(layer), null),
                ("mlp_pre", Hook.MlpPre(layer), null), ("mlp_up", Hook.MlpPreLinear(layer), null), ("mlp_post", Hook.MlpPost(layer), null),
                ("mlp_out", Hook.MlpOut(layer), null), ("resid_post", Hook.ResidPost(layer), null),
                ("ln1", Hook.Ln1Normalized(layer), $"blocks.{layer}.ln1"), ("ln2", Hook.Ln2Normalized(layer), $"blocks.{layer}.ln2"),
            ];
            foreach ((string array, string hook, string? norm) in inside.Where(row => Model.Hooks.Contains(row.Hook)))
            {
                yield return ($"layers.{layer}.{array}", hook, norm);
            }
        }

        yield return ("final_norm_in", Hook.ResidPost(Config.Layers - 1), null);
        yield return ("final_norm_out", Hook.FinalNormalized, "ln_final");
        yield return ($"hidden_states.{Config.Layers}", Hook.FinalNormalized, "ln_final");
    }

    private static ModelConfig ConfigOf(JsonElement file) => file.GetProperty("model_type").GetString() == "gpt2"
        ? ModelConfig.Gpt2Small with
        {
            Layers = Number(file, "n_layer"),
            DModel = Number(file, "n_embd"),
            Heads = Number(file, "n_head"),
            KeyHeads = Number(file, "n_head"),
            DHead = Number(file, "n_embd") / Number(file, "n_head"),
            DMlp = 4 * Number(file, "n_embd"),
            Vocabulary = Number(file, "vocab_size"),
            Context = Number(file, "n_positions"),
            NormEpsilon = file.GetProperty("layer_norm_epsilon").GetSingle(),
            BosId = null,
            StopIds = [],
        }
        : new ModelConfig
        {
            Architecture = "llama",
            Layers = Number(file, "num_hidden_layers"),
            DModel = Number(file, "hidden_size"),
            Heads = Number(file, "num_attention_heads"),
            KeyHeads = Number(file, "num_key_value_heads"),
            DHead = Number(file, "head_dim"),
            DMlp = Number(file, "intermediate_size"),
            Vocabulary = Number(file, "vocab_size"),
            Context = Number(file, "max_position_embeddings"),
            NormEpsilon = file.GetProperty("rms_norm_eps").GetSingle(),
            RotaryBase = file.GetProperty("rope_theta").GetDouble(),
            TiedEmbedding = file.GetProperty("tie_word_embeddings").GetBoolean(),
        };

    private static int Number(JsonElement file, string name) => file.GetProperty(name).GetInt32();

    private static JsonElement Json(string name, string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Golden.Path($"hf-{name}/{file}")));
        return document.RootElement.Clone();
    }

    private static TokenBatch Ids(JsonElement rows) => TokenBatch.From([.. rows.EnumerateArray().Select(Row)]);

    private static int[] Row(JsonElement row) => [.. row.EnumerateArray().Select(id => id.GetInt32())];

    private static Dictionary<string, Tensor> Read(string name, string file)
    {
        using SafetensorsFile open = SafetensorsFile.Open(Golden.Path($"hf-{name}/{file}"));
        return open.Entries.Keys.ToDictionary(entry => entry, open.Read);
    }
}
