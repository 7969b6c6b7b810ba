using System.Text.Json.Serialization;
using Pellucid.Dictionaries.Recovery;
using Pellucid.Dictionaries.Training;

namespace Pellucid.Dictionaries.Files;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DictionaryConfig))]
[JsonSerializable(typeof(TrainingInputs))]
[JsonSerializable(typeof(RecoveryCell))]
[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class DictionariesJson : JsonSerializerContext;

/// <summary>The same on one line, for JSON lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(MetricsLine))]
internal sealed partial class JsonLines : JsonSerializerContext;
