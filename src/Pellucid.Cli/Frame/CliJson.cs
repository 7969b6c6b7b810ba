using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pellucid.Cli.Verbs;
using Pellucid.Reports;

namespace Pellucid.Cli.Frame;

/// <summary>The JSON documents of the verbs, one line a verb. Keys are snake_case; undefined numbers (as double) are null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(NullForUndefined)])]
[JsonSerializable(typeof(VersionResult))]
[JsonSerializable(typeof(GenerateResult))]
[JsonSerializable(typeof(ChatResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(DetokenizeResult))]
[JsonSerializable(typeof(EmbedResult))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(HarvestResult))]
[JsonSerializable(typeof(TrainResult))]
[JsonSerializable(typeof(EvaluateResult))]
[JsonSerializable(typeof(ExplainResult))]
[JsonSerializable(typeof(ModelListResult))]
[JsonSerializable(typeof(ModelPullResult))]
[JsonSerializable(typeof(ModelShowResult))]
[JsonSerializable(typeof(PlantActivationsResult))]
[JsonSerializable(typeof(PlantMeasureResult))]
[JsonSerializable(typeof(PlantNetworkResult))]
[JsonSerializable(typeof(PlantRecoveryResult))]
[JsonSerializable(typeof(CompileResult))]
[JsonSerializable(typeof(CompileTextResult))]
[JsonSerializable(typeof(RunProgramResult))]
[JsonSerializable(typeof(ToySuperpositionResult))]
[JsonSerializable(typeof(ToyPhaseDiagramResult))]
[JsonSerializable(typeof(ToyGeometryResult))]
[JsonSerializable(typeof(ToyCorrelatedResult))]
[JsonSerializable(typeof(ToyAbsoluteValueResult))]
[JsonSerializable(typeof(ToyAdversarialResult))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>The context that the verbs use: text stays readable, because no browser takes this output for HTML.</summary>
    internal static CliJson Documents => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
