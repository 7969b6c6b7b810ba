using System.Text.Json;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth.Tests.Toys;

/// <summary>Reads toy models that were evaluated elsewhere; goldens/toys/README.md says by what.</summary>
internal static class Golden
{
    internal static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "goldens", "toys", name);

    internal static IReadOnlyList<JsonElement> Cases(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path(name)));
        return [.. document.RootElement.EnumerateArray().Select(one => one.Clone())];
    }

    internal static double[] Numbers(JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    internal static double[][] Rows(JsonElement element, string key) =>
        [.. element.GetProperty(key).EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];

    internal static ToyModel Model(JsonElement element)
    {
        double[][] weights = Rows(element, "W");
        return new ToyModel
        {
            Task = new ToyTask
            {
                Form = AutoencoderForm.RectifiedOutput,
                Hidden = weights.Length,
                Sparsity = element.GetProperty("sparsity").GetDouble(),
                Importance = [.. Numbers(element, "importance")],
            },
            Weights = [.. weights.SelectMany(row => row).Select(value => (float)value)],
            Bias = [.. Numbers(element, "b").Select(value => (float)value)],
        };
    }
}
