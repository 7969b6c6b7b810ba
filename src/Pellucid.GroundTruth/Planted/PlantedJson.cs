using System.Text.Json.Serialization;

namespace Pellucid.GroundTruth.Planted;

/// <summary>Source-generated JSON of planted data.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PlantedOptions))]
[JsonSerializable(typeof(TruthOfActivations))]
[JsonSerializable(typeof(TruthOfNetwork))]
internal sealed partial class PlantedJson : JsonSerializerContext;
