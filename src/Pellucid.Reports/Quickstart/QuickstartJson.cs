using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>The JSON of a quickstart: snake_case keys, undefined numbers as null.</summary>
public static class QuickstartJson
{
    /// <summary>How the result is written: text stays readable, because no browser takes it for HTML.</summary>
    public static JsonTypeInfo<QuickstartResult> Document { get; } = new ReportsJson(new JsonSerializerOptions(ReportsJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }).QuickstartResult;

    /// <summary>The result as one JSON document.</summary>
    public static string Serialize(QuickstartResult result) => JsonSerializer.Serialize(result, Document);
}

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(NullForUndefined)])]
[JsonSerializable(typeof(QuickstartResult))]
internal sealed partial class ReportsJson : JsonSerializerContext;
