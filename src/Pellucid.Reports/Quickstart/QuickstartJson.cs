using System.Text.Json;
using System.Text.Json.Serialization;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>The JSON of a quickstart: snake_case keys, undefined numbers as null.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuickstartResult))]
public sealed partial class QuickstartJson : JsonSerializerContext
{
    /// <summary>The result as one JSON document.</summary>
    public static string Serialize(QuickstartResult result) => JsonSerializer.Serialize(result, Default.QuickstartResult);
}
