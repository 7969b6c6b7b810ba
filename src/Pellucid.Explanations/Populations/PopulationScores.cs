using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>The scores of a population. Immutable.</summary>
public sealed record PopulationScores
{
    /// <summary>Name of the population.</summary>
    public required string Population { get; init; }

    /// <summary>The units, in the order in which they were drawn.</summary>
    public required IReadOnlyList<ScoredUnit> Units { get; init; }

    /// <summary>Mean scores by explainer.</summary>
    public required IReadOnlyDictionary<string, ExplainerScores> Explainers { get; init; }

    /// <summary>Each unit's top-and-random score, 0 where undefined: what is averaged, and compared between populations.</summary>
    /// <exception cref="PellucidException">No such explainer was used.</exception>
    public IReadOnlyList<double> TopAndRandom(string explainer) => Values(explainer, score => score.TopAndRandom);

    /// <summary>Each unit's random-only score, 0 where undefined.</summary>
    /// <exception cref="PellucidException">No such explainer was used.</exception>
    public IReadOnlyList<double> RandomOnly(string explainer) => Values(explainer, score => score.RandomOnly);

    /// <summary>Top-and-random of one explainer less that of another, on the same units.</summary>
    /// <exception cref="PellucidException">No such explainer was used.</exception>
    public Estimate Advantage(string explainer, string over, BootstrapOptions? options = null) =>
        Bootstrap.PairedDifference(TopAndRandom(explainer), TopAndRandom(over), options);

    /// <summary>Top-and-random less that of another population, units of either resampled.</summary>
    /// <exception cref="PellucidException">No such explainer was used.</exception>
    public Estimate AdvantageOver(PopulationScores other, string explainer, BootstrapOptions? options = null) =>
        Bootstrap.Difference(TopAndRandom(explainer), other.TopAndRandom(explainer), options);

    internal static PopulationScores Of(string name, IReadOnlyList<ScoredUnit> units, IEnumerable<string> explainers, long seed)
    {
        PopulationScores scores = new() { Population = name, Units = units, Explainers = new Dictionary<string, ExplainerScores>() };
        BootstrapOptions options = new() { Seed = seed };
        return scores with
        {
            Explainers = explainers.ToDictionary(
                explainer => explainer,
                explainer => new ExplainerScores
                {
                    TopAndRandom = Bootstrap.Mean(scores.TopAndRandom(explainer), options),
                    RandomOnly = Bootstrap.Mean(scores.RandomOnly(explainer), options),
                    N = units.Count,
                    NUndefined = units.Count(unit => unit.Evidence[explainer].Score.TopAndRandom is null),
                    NUndefinedRandomOnly = units.Count(unit => unit.Evidence[explainer].Score.RandomOnly is null),
                }),
        };
    }

    private double[] Values(string explainer, Func<SimulationScore, double?> score) =>
    [
        .. Units.Select(unit => unit.Evidence.TryGetValue(explainer, out Evidence? evidence)
            ? score(evidence.Score) ?? 0
            : throw new PellucidException(
                $"Population '{Population}' was not explained by '{explainer}'. It was by: {string.Join(", ", unit.Evidence.Keys)}.")),
    ];
}
