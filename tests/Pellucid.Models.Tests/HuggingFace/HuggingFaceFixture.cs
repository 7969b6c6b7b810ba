using System.Text.Json;
using Pellucid.Models.Architectures;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Folders;
using Pellucid.Models.Networks;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>
/// A small random network of one architecture with the numbers that the transformers library computed of it (goldens/huggingface/README.md): logits,
/// activations, and gradients by PyTorch's autograd. It is opened as a user opens it.
/// </summary>
internal sealed class HuggingFaceFixture
{
    private static readonly Dictionary<string, Lazy<HuggingFaceFixture>> Fixtures =
        All.ToDictionary(name => name, name => new Lazy<HuggingFaceFixture>(() => new HuggingFaceFixture(name)));

    private readonly JsonElement _golden;

    private HuggingFaceFixture(string name)
    {
        Name = name;
        _golden = Json("golden.json");
        Model opened = Model.OpenAsync(Folder(name)).GetAwaiter().GetResult();

        // The library's greedy tokens go on behind a stop token.
        Model = new Model(name, new NetworkPlan(opened.Config with { StopIds = [] }), opened.Weights, null, opened.Identity);
        Loss = _golden.TryGetProperty("loss", out JsonElement loss) ? loss.GetDouble() : double.NaN;
        Tolerance = Math.Max(5e-5, 10 * _golden.GetProperty("f32_vs_f64").EnumerateObject().Max(value => value.Value.GetDouble()));
        Arrays = Read("golden.safetensors");
    }

    /// <summary>Every network.</summary>
    internal static IReadOnlyList<string> All =>
        [.. Directory.EnumerateDirectories(Golden.Path("huggingface")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>Two of them, for tests that hold for all alike.</summary>
    internal static IReadOnlyList<string> Names => ["gpt2", "llama"];

    internal string Name { get; }

    internal ModelConfig Config => Model.Config;

    internal Model Model { get; }

    /// <summary>The two sequences of 17 tokens that most numbers are of.</summary>
    internal TokenBatch Tokens => TokenBatch.From(Ids("main"), new BatchOptions { TokenTypes = TokenTypes });

    /// <summary>The tokens that greedy decoding adds to <see cref="Tokens"/>; none where the network does not generate.</summary>
    internal int[][] Greedy => _golden.TryGetProperty("greedy", out JsonElement greedy) ? [.. greedy.EnumerateArray().Select(Row)] : [];

    /// <summary>The tokens that it adds to the sequences of the padded cases.</summary>
    internal int[][] GreedyPadded => _golden.TryGetProperty("greedy_lpad", out JsonElement greedy) ? [.. greedy.EnumerateArray().Select(Row)] : [];

    internal double Loss { get; }

    /// <summary>
    /// For logits and activations: ten times what the library's own float32 differs from its float64, at least 5e-5. A wrong epsilon, GELU or
    /// rotary base changes the logits by 1e-4 and more.
    /// </summary>
    internal double Tolerance { get; }

    /// <summary>The library's arrays, under its names.</summary>
    internal Dictionary<string, Tensor> Arrays { get; }

    /// <summary>The loss that the gradients of parameters are of: of the next tokens, or of the tokens that <c>labels</c> names.</summary>
    internal Metric LossMetric => !_golden.TryGetProperty("labels", out JsonElement labels) ? Metric.Loss : Masked([.. labels.EnumerateArray().Select(Row)]);

    internal static string Folder(string name) => Golden.Path($"huggingface/{name}");

    internal static HuggingFaceFixture Of(string name) => Fixtures[name].Value;

    internal bool Has(string file) => File.Exists(Path.Combine(Folder(Name), file));

    /// <summary>The ids of a case as they stand there, padding too.</summary>
    internal int[][] Ids(string @case) => [.. Case(@case).GetProperty("input_ids").EnumerateArray().Select(Row)];

    internal bool HasCase(string name) => _golden.GetProperty("cases").TryGetProperty(name, out _);

    /// <summary>Token types of the main case; null where there are none.</summary>
    internal int[][]? TokenTypes => Case("main").TryGetProperty("token_type_ids", out JsonElement types) ? [.. types.EnumerateArray().Select(Row)] : null;

    /// <summary>Which tokens of a case are no padding.</summary>
    internal int[][] Mask(string @case) => [.. Case(@case).GetProperty("attention_mask").EnumerateArray().Select(Row)];

    /// <summary>
    /// The gradient of the loss with respect to one of our parameters as far as it is kept: places in the parameter, values, and the largest of the array.
    /// </summary>
    internal IEnumerable<(string Parameter, List<(int Place, float Value)> Kept, float Largest)> Gradients()
    {
        Dictionary<string, Tensor> kept = Read("grads.safetensors");
        using CheckpointArrays arrays = CheckpointFolder.Open(Folder(Name));
        Architecture family = Architecture.Of(Json("config.json").GetProperty("model_type").GetString()!)!;
        Dictionary<string, ArraySource> sources = SourceTable.Of(family, arrays, SourceTable.RootOf(family, arrays), Config)
            .ToDictionary(source => source.Key, source => source.Value with { Addend = 0 });
        using IndexArrays indices = new(arrays);
        CheckpointParameters places = new(indices, sources);
        foreach (ParameterPoint point in Model.Parameters.Points)
        {
            string array = sources[point.Name].Array;
            float[] values = kept[array].ToArray();
            long size = arrays.Shapes[array].Count;
            Dictionary<long, float> at = [];
            for (int index = 0; index < values.Length; index++)
            {
                at[values.Length == 1 ? 0 : index * (size - 1) / (values.Length - 1)] = values[index];
            }

            using Tensor stored = places.Read(point);
            float[] from = stored.ToArray();
            yield return (point.Name, [.. Enumerable.Range(0, from.Length).Where(place => at.ContainsKey((long)from[place])).Select(place => (place, at[(long)from[place]]))],
                kept["largest." + array].ToArray()[0]);
        }
    }

    private static Metric Masked(int[][] labels)
    {
        (int Sequence, int Position, int Label)[] masked =
            [.. labels.SelectMany((row, sequence) => row.Select((label, position) => (sequence, position, label))).Where(place => place.label >= 0)];
        int[] targets = Array.ConvertAll(masked, place => place.Label);
        return Metric.OfLogits(
            "masked loss", _ => masked.Select(place => (place.Sequence, place.Position)), (ops, logits, _) => ops.Mean(ops.CrossEntropy(logits, targets)));
    }

    private JsonElement Case(string name) => _golden.GetProperty("cases").GetProperty(name);

    private JsonElement Json(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(Name), file)));
        return document.RootElement.Clone();
    }

    private static int[] Row(JsonElement row) => [.. row.EnumerateArray().Select(id => id.GetInt32())];

    private Dictionary<string, Tensor> Read(string file)
    {
        using SafetensorsFile open = SafetensorsFile.Open(Path.Combine(Folder(Name), file));
        return open.Entries.Keys.ToDictionary(entry => entry, open.Read);
    }
}
