using System.Text.Json.Serialization;

namespace Pellucid.Activations;

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoreManifest))]
internal sealed partial class ActivationsJson : JsonSerializerContext;
