using System.Text.Json.Serialization;
using Pellucid.Bench.Contests;

namespace Pellucid.Bench.Cases;

/// <summary>Figures of one case. A ratio above 1 means that Pellucid is better; an absent baseline is named with a null.</summary>
internal sealed record CaseResult(
    string Case, string Unit, bool HigherIsBetter, double Ours, IReadOnlyDictionary<string, double?> Baselines)
{
    public IReadOnlyDictionary<string, double?> Ratios =>
        Baselines.ToDictionary(pair => pair.Key, pair => HigherIsBetter ? Ours / pair.Value : pair.Value / Ours);

    /// <summary>Rounds whose medians the figures are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rounds { get; init; }

    /// <summary>Least and greatest figure of each contender over the rounds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, Spread>? Spread { get; init; }

    /// <summary>What the figures need said beside them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
