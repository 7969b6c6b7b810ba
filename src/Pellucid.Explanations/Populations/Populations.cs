using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>Explains and scores units drawn from a population, so that populations can be compared.</summary>
public static class Populations
{
    private const long Stream = 0xD7A;

    /// <summary>Draws units at random among those that fire often enough on the held-out text.</summary>
    /// <param name="heldOut">The units' summary over the held-out text.</param>
    /// <param name="options">How many, how often, and the seed.</param>
    /// <returns>Their indices in random order.</returns>
    public static IReadOnlyList<int> Draw(UnitSummary heldOut, PopulationOptions? options = null)
    {
        options ??= new PopulationOptions();
        int[] qualified = [.. Enumerable.Range(0, heldOut.Units).Where(unit => heldOut.ActiveTokens(unit) >= options.MinimumActiveTokens)];
        return [.. new SeededRandom(options.Seed, Stream).Sample(qualified.Length, options.Units).Select(i => qualified[i])];
    }

    /// <summary>Draws units (or takes the chosen ones), explains each from the training text with every explainer, and scores the explanations on the held-out text.</summary>
    /// <param name="population">The units.</param>
    /// <param name="explainers">The explainers; all are given the same records.</param>
    /// <param name="options">How many units, and the seed.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="PellucidException">A chosen unit is not in the population.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<PopulationScores> ScoreAsync(
        Population population,
        IReadOnlyList<IExplainer> explainers,
        PopulationOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PopulationOptions();
        IReadOnlyList<int> chosen = options.Chosen ?? Draw(population.HeldOutSummary, options);
        int? outside = chosen.Where(unit => (uint)unit >= (uint)population.Units.Count).Select(unit => (int?)unit).FirstOrDefault();
        return outside is null
            ? ScoreAsync(population, explainers, chosen, options, progress, cancellationToken)
            : throw new PellucidException($"Unit {outside} is not among the {population.Units.Count} {population.Units.Kind} of {population.Units.Hook}, 0 to {population.Units.Count - 1}.");
    }

    private static async Task<PopulationScores> ScoreAsync(
        Population population,
        IReadOnlyList<IExplainer> explainers,
        IReadOnlyList<int> chosen,
        PopulationOptions options,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<UnitRecord> records = UnitRecords.Read(population.Training, population.Units, population.TrainingSummary, chosen, options.Records, cancellationToken);
        IReadOnlyList<SealedTest> tests = SealedTest.Of(population.HeldOut, population.Units, population.HeldOutSummary, chosen, options.Test, cancellationToken);
        ScoredUnit[] units = new ScoredUnit[chosen.Count];
        int done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, options.Parallelism), CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, units.Length, parallel, async (i, stop) =>
        {
            Dictionary<string, Explanation> explanations = [];
            foreach (IExplainer explainer in explainers)
            {
                explanations[explainer.Name] = await explainer.ExplainAsync(records[i], stop).ConfigureAwait(false);
            }

            units[i] = new ScoredUnit
            {
                Unit = chosen[i],
                Density = records[i].Density,
                Explanations = explanations,
                Evidence = explanations.ToDictionary(pair => pair.Key, pair => tests[i].Score(pair.Value)),
            };
            progress?.Report((double)Interlocked.Increment(ref done) / units.Length);
        }).ConfigureAwait(false);
        return PopulationScores.Of(population.Name, units, explainers.Select(explainer => explainer.Name), options.Seed);
    }
}
