using System.Text.Json;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class CalibrationTests
{
    [Fact]
    public void Linear_PublishedRecords_GivesThePeersLineAndScores()
    {
        JsonElement peer = OpenAiScoring.Root.GetProperty("calibrated_linear");
        Calibration calibration = Fit(peer, Calibration.Linear);
        Assert.Equal(peer.GetProperty("slope").GetDouble(), calibration.Slope, OpenAiScoring.Tolerance);
        Assert.Equal(peer.GetProperty("intercept").GetDouble(), calibration.Intercept, OpenAiScoring.Tolerance);
        RequireScores(peer, calibration);
    }

    [Fact]
    public void Percentile_PublishedRecords_GivesThePeersScores()
    {
        JsonElement peer = OpenAiScoring.Root.GetProperty("calibrated_percentile");
        RequireScores(peer, Fit(peer, Calibration.Percentile));
    }

    [Fact]
    public void Linear_NothingToFit_Refuses() => Assert.Throws<PellucidException>(() => Calibration.Linear([], []));

    private static Calibration Fit(JsonElement peer, Func<IReadOnlyList<double>, IReadOnlyList<double>, Calibration> fit)
    {
        int[] records = Indices(peer, "calibration_records");
        return fit([.. records.SelectMany(i => OpenAiScoring.Simulated[i])], [.. records.SelectMany(i => OpenAiScoring.Actual[i])]);
    }

    private static void RequireScores(JsonElement peer, Calibration calibration)
    {
        int[] records = Indices(peer, "scored_records");
        double[] predicted = [.. records.SelectMany(i => OpenAiScoring.Simulated[i]).Select(calibration.Apply)];
        double[] actual = [.. records.SelectMany(i => OpenAiScoring.Actual[i])];
        double[] expected = [.. peer.GetProperty("calibrated_expected").EnumerateArray().SelectMany(OpenAiScoring.Numbers)];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], predicted[i], OpenAiScoring.Tolerance);
        }

        JsonElement scores = peer.GetProperty("scores");
        Assert.Equal(scores.GetProperty("ev_correlation_score").GetDouble(), Agreement.Correlation<double>(predicted, actual)!.Value, OpenAiScoring.Tolerance);
        Assert.Equal(scores.GetProperty("rsquared_score").GetDouble(), Agreement.UncentredR2<double>(predicted, actual)!.Value, OpenAiScoring.Tolerance);
    }

    private static int[] Indices(JsonElement peer, string name) => [.. peer.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
