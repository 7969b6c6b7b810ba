using System.Text.Json.Serialization;

namespace Pellucid.Explanations;

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Explanation))]
internal sealed partial class ExplanationsJson : JsonSerializerContext;
