using System.Text.Json.Serialization;

namespace Pellucid.Activations;

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoreManifest))]
[JsonSerializable(typeof(HarvestInputs))]
internal sealed partial class ActivationsJson : JsonSerializerContext;
