namespace Pellucid.Explanations.Studies;

/// <summary>Holds the latents against each control, and the two explainers against each other, by either score.</summary>
internal static class Comparisons
{
    private const string Pattern = PatternExplanation.Name;
    private const string Table = TokenTableExplanation.Name;

    /// <param name="scores">The latents first, then the controls.</param>
    /// <param name="seed">Seed of the resampling.</param>
    internal static IReadOnlyList<Comparison> Of(IReadOnlyList<PopulationScores> scores, long seed) =>
    [
        .. Of(scores, "top_and_random", (population, explainer) => population.TopAndRandom(explainer), seed),
        .. Of(scores, "random_only", (population, explainer) => population.RandomOnly(explainer), seed),
    ];

    private static IEnumerable<Comparison> Of(
        IReadOnlyList<PopulationScores> scores, string score, Func<PopulationScores, string, IReadOnlyList<double>> values, long seed)
    {
        BootstrapOptions options = new() { Seed = seed };
        PopulationScores latents = scores[0];
        Estimate paired = Bootstrap.PairedDifference(values(latents, Pattern), values(latents, Table), options);
        yield return Make(paired, (latents, Pattern), (latents, Table), isPaired: true);
        foreach (PopulationScores control in scores.Skip(1))
        {
            Estimate difference = Bootstrap.Difference(values(latents, Pattern), values(control, Pattern), options);
            yield return Make(difference, (latents, Pattern), (control, Pattern), isPaired: false);
        }

        Comparison Make(Estimate estimate, (PopulationScores Of, string By) first, (PopulationScores Of, string By) second, bool isPaired) => new(
            $"{first.Of.Population}/{first.By}", $"{second.Of.Population}/{second.By}", estimate.Mean, [estimate.Low, estimate.High], isPaired, score);
    }
}
