using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pellucid.Bench.Cases;

namespace Pellucid.Bench;

/// <summary>A case that gave no figures.</summary>
internal sealed record CaseFailure(string Case, string Message);

/// <summary>The whole report.</summary>
internal sealed record BenchReport(MachineDescription Machine, IReadOnlyList<CaseResult> Cases)
{
    /// <summary>What made it.</summary>
    public string? Command { get; init; }

    /// <summary>Cases that failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CaseFailure>? Failures { get; init; }
}

/// <summary>Source-generated JSON of the benchmarks.</summary>
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext
{
    /// <summary>Units and names as they are written, not escaped.</summary>
    internal static BenchJson Readable { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
