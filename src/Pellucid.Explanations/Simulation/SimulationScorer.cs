// Bills et al. 2023: the correlation is taken over the tokens of all records together, never as a mean of records' correlations.
// Top-and-random takes the top and the random records; random-only the random ones, which is harder and closer to everyday text.
using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>Scores an explanation by letting it predict activations.</summary>
public static class SimulationScorer
{
    /// <summary>Scores an explanation on held-out records.</summary>
    public static SimulationScore Score(Explanation explanation, TestRecords records)
    {
        (float[] topPredicted, float[] topActual) = Simulate(explanation, records.Top);
        (float[] randomPredicted, float[] randomActual) = Simulate(explanation, records.Random);
        float[] predicted = [.. topPredicted, .. randomPredicted], actual = [.. topActual, .. randomActual];
        return new SimulationScore
        {
            TopAndRandom = Agreement.Correlation(predicted, actual),
            RandomOnly = Agreement.Correlation(randomPredicted, randomActual),
            TopAndRandomR2 = Agreement.UncentredR2(predicted, actual),
            RandomOnlyR2 = Agreement.UncentredR2(randomPredicted, randomActual),
            NTop = records.Top.Count,
            NRandom = records.Random.Count,
            Tokens = actual.Length,
        };
    }

    /// <summary>Predicted and true activations of the tokens of all records, one after the other.</summary>
    public static (float[] Predicted, float[] Actual) Simulate(Explanation explanation, IReadOnlyList<ActivationRecord> records) =>
        ([.. records.SelectMany(record => explanation.Predict(record.Tokens))], [.. records.SelectMany(record => record.Activations)]);
}
