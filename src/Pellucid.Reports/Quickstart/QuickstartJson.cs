using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pellucid.Explanations.Studies;
using Pellucid.Tensors.Files;

namespace Pellucid.Reports;

/// <summary>The JSON of a quickstart: snake_case keys, undefined numbers as null.</summary>
public static class QuickstartJson
{
    /// <summary>Name of the file beside the report.</summary>
    public const string FileName = "result.json";

    /// <summary>How the result is printed: text stays readable, because no browser takes it for HTML.</summary>
    public static JsonTypeInfo<QuickstartResult> Document { get; } = TypeWith(ReportsJson.Default);

    /// <summary>What of it another run repeats: all but <c>seconds</c> and the place of the report.</summary>
    private static JsonTypeInfo<QuickstartResult> Repeatable { get; } = TypeWith(ReportsJson.Default.WithAddedModifier(static type =>
    {
        foreach (JsonPropertyInfo property in type.Properties.Where(property => type.Type == typeof(QuickstartResult) && property.Name is "seconds" or "report").ToArray())
        {
            type.Properties.Remove(property);
        }
    }));

    /// <summary>The result as one JSON document.</summary>
    public static string Serialize(QuickstartResult result) => JsonSerializer.Serialize(result, Document);

    /// <summary>Writes <c>result.json</c>: the document without <c>seconds</c> and <c>report</c>, so that equal results give equal bytes.</summary>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public static void Write(QuickstartResult result, string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(result, Repeatable) + "\n");

    private static JsonTypeInfo<QuickstartResult> TypeWith(IJsonTypeInfoResolver resolver) =>
        (JsonTypeInfo<QuickstartResult>)new JsonSerializerOptions(ReportsJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = resolver,
        }.GetTypeInfo(typeof(QuickstartResult));
}

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(NullForUndefined)])]
[JsonSerializable(typeof(QuickstartResult))]
internal sealed partial class ReportsJson : JsonSerializerContext;
