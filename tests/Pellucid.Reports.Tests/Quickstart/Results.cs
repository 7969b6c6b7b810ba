using Pellucid.Explanations.Studies;

namespace Pellucid.Reports.Tests;

/// <summary>A result in which every text is as hostile as a model's or a file's may be, and some numbers are undefined.</summary>
internal static class Results
{
    internal const string Hostile = "<script>alert('x\"y')</script>&lt;\"onload='1'\u0001\r\n";

    internal static QuickstartResult Make() => new()
    {
        Model = Hostile,
        Hook = Hostile,
        Tokens = 1_234_567,
        DIn = 4,
        DSae = 8000,
        K = 2,
        Seed = 3,
        L0 = 1.5,
        VarianceExplained = double.NaN,
        Ce = 1.25,
        CeZero = 2.5,
        CeMean = 2.25,
        CeSpliced = 1.5,
        LossRecovered = 0.875,
        LossRecoveredMean = double.NegativeInfinity,
        DeadFraction = double.NaN,
        Scores = new Dictionary<string, IReadOnlyDictionary<string, ScoreSummary>>
        {
            ["latents"] = new Dictionary<string, ScoreSummary> { ["pattern"] = Score(0.5), [Hostile] = Score(-0.25) },
            ["empty"] = new Dictionary<string, ScoreSummary> { ["pattern"] = Score(double.NaN) },
        },
        Comparisons =
        [
            new Comparison("latents/pattern", Hostile, 0.125, [0.0625, 0.25], true, "top_and_random"),
            new Comparison("latents/pattern", "empty/pattern", double.NaN, [double.NaN, double.NaN], false, "random_only"),
            new Comparison("latents/pattern", "neurons/pattern", -0.5, [-0.75, -0.25], false, "random_only"),
        ],
        Latents =
        [
            new LatentCard
            {
                Index = 5,
                Density = 0.0125,
                Explanation = Hostile + "second line",
                ExplanationHash = "00",
                TopAndRandom = null,
                RandomOnly = double.NaN,
                CausalPercentile = null,
                Max = 2,
                Histogram = [0, 3, 1],
                Examples = [new ShownExample([Hostile, "\n", "a"], [0, 1.5f, -1], [0.5f, float.NaN, 0], true), new ShownExample([], [], [], false)],
            },
        ],
        Steering = new SteeringStudy(5, Hostile, Hostile, [new SteeringExample(null, Hostile), new SteeringExample(-0.5, "b\nc")]),
        Seconds = new Dictionary<string, double> { ["train"] = 98.7654 },
        Report = "/somewhere/report.html",
    };

    private static ScoreSummary Score(double mean) => new()
    {
        TopAndRandom = mean,
        TopAndRandomCi = [mean - 0.125, mean + 0.125],
        RandomOnly = mean / 2,
        RandomOnlyCi = [(mean / 2) - 0.125, (mean / 2) + 0.125],
        N = 100,
        NUndefined = 1,
        NUndefinedRandomOnly = 17,
        MedianDensity = double.IsNaN(mean) ? double.NaN : 0.0234,
    };
}
