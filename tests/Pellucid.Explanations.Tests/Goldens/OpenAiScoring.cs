using System.Text.Json;

namespace Pellucid.Explanations.Tests;

/// <summary>Numbers of the peer's own code.</summary>
internal static class OpenAiScoring
{
    internal const double Tolerance = 1e-9;

    internal static JsonElement Root { get; } =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", "openai-scoring.json"))).RootElement;

    internal static double[][] Actual { get; } = [.. Root.GetProperty("records").EnumerateArray().Select(record => Numbers(record.GetProperty("activations")))];

    internal static double[][] Simulated { get; } = [.. Root.GetProperty("simulated").EnumerateArray().Select(Numbers)];

    internal static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
