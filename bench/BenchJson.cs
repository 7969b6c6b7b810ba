using System.Text.Json.Serialization;
using Pellucid.Bench.Cases;

namespace Pellucid.Bench;

/// <summary>The whole report.</summary>
internal sealed record BenchReport(MachineDescription Machine, IReadOnlyList<CaseResult> Cases);

/// <summary>Source-generated JSON of the benchmarks.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
