namespace Pellucid.Explanations.Studies;

/// <summary>Scores of one explainer on one population, with 95 % bootstrap intervals over units. Immutable.</summary>
public sealed record ScoreSummary
{
    /// <summary>Mean correlation on top and random records, −1 to 1; an undefined one counts as 0. NaN where there is no unit.</summary>
    public required double TopAndRandom { get; init; }

    /// <summary>Its interval.</summary>
    public required IReadOnlyList<double> TopAndRandomCi { get; init; }

    /// <summary>Mean correlation on random records alone; an undefined one counts as 0.</summary>
    public required double RandomOnly { get; init; }

    /// <summary>Its interval.</summary>
    public required IReadOnlyList<double> RandomOnlyCi { get; init; }

    /// <summary>Units scored.</summary>
    public required int N { get; init; }

    /// <summary>Units whose top-and-random correlation is undefined.</summary>
    public required int NUndefined { get; init; }

    /// <summary>Units whose random-only correlation is undefined: mostly sparse ones that fire in none of those records.</summary>
    public required int NUndefinedRandomOnly { get; init; }

    /// <summary>Median over the units of the share of training tokens on which one fires: what density matching makes equal. NaN where there is no unit.</summary>
    public required double MedianDensity { get; init; }

    internal static ScoreSummary Of(PopulationScores population, string explainer)
    {
        ExplainerScores scores = population.Explainers[explainer];
        return new ScoreSummary
        {
            TopAndRandom = scores.TopAndRandom.Mean,
            TopAndRandomCi = [scores.TopAndRandom.Low, scores.TopAndRandom.High],
            RandomOnly = scores.RandomOnly.Mean,
            RandomOnlyCi = [scores.RandomOnly.Low, scores.RandomOnly.High],
            N = scores.N,
            NUndefined = scores.NUndefined,
            NUndefinedRandomOnly = scores.NUndefinedRandomOnly,
            MedianDensity = Median([.. population.Units.Select(unit => unit.Density).Order()]),
        };
    }

    private static double Median(double[] sorted) =>
        sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
