using System.Text.Json;

namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>Numbers from PyTorch, in JSON beside the script that made them.</summary>
internal static class GoldenJson
{
    internal static JsonElement Open(params string[] path) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine([AppContext.BaseDirectory, "goldens", .. path]))).RootElement;

    internal static double[] Doubles(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetDouble())];

    internal static float[] Floats(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetSingle())];
}
