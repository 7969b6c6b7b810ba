using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class BootstrapTests
{
    private const int Trials = 300;

    // With 300 trials the share covered has a standard error of 0.0126; percentile intervals of 40 values fall about 0.01 short of 0.95.
    [Fact]
    public void Mean_NormalSamples_CoversTheTruthAsOftenAsItSays() => RequireCoverage(random =>
        (Bootstrap.Mean(Normals(random, 40, 0.3), Fast(random)), 0.3));

    [Fact]
    public void PairedDifference_SharedNoise_CoversTheTruthAsOftenAsItSays() => RequireCoverage(random =>
    {
        double[] shared = Normals(random, 40, 0), left = Normals(random, 40, 0.2), right = Normals(random, 40, 0);
        return (Bootstrap.PairedDifference(Sum(shared, left), Sum(shared, right), Fast(random)), 0.2);
    });

    [Fact]
    public void Difference_SamplesOfDifferentSize_CoversTheTruthAsOftenAsItSays() => RequireCoverage(random =>
        (Bootstrap.Difference(Normals(random, 50, 1), Normals(random, 35, 0.5), Fast(random)), 0.5));

    [Fact]
    public void Mean_ManyValues_HasTheWidthOfTheNormalInterval()
    {
        Estimate estimate = Bootstrap.Mean(Normals(new SeededRandom(5), 2500, 0));
        Assert.InRange(estimate.High - estimate.Low, 2 * 1.96 / 50 * 0.93, 2 * 1.96 / 50 * 1.07);
        Assert.Equal(2500, estimate.N);
    }

    [Fact]
    public void Mean_SameSeed_IsTheSame()
    {
        double[] values = Normals(new SeededRandom(1), 20, 0);
        Assert.Equal(Bootstrap.Mean(values), Bootstrap.Mean(values));
        Assert.NotEqual(Bootstrap.Mean(values), Bootstrap.Mean(values, new BootstrapOptions { Seed = 1 }));
    }

    [Fact]
    public void Mean_OneValue_IsThatValue() => Assert.Equal(new Estimate(2, 2, 2, 1), Bootstrap.Mean([2]));

    [Fact]
    public void Mean_NoValues_IsUndefined() => Assert.True(double.IsNaN(Bootstrap.Mean([]).Mean));

    [Fact]
    public void PairedDifference_NumbersDiffer_Refuses() => Assert.Throws<PellucidException>(() => Bootstrap.PairedDifference([1], [1, 2]));

    [Fact]
    public void Mean_LevelOfOne_Refuses() => Assert.Throws<PellucidException>(() => Bootstrap.Mean([1], new BootstrapOptions { Level = 1 }));

    private static void RequireCoverage(Func<SeededRandom, (Estimate Estimate, double Truth)> trial)
    {
        int covered = 0;
        for (int i = 0; i < Trials; i++)
        {
            (Estimate estimate, double truth) = trial(new SeededRandom(i, stream: 17));
            covered += estimate.Low <= truth && truth <= estimate.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)Trials, 0.89, 0.985);
    }

    private static BootstrapOptions Fast(SeededRandom random) => new() { Resamples = 400, Seed = random.NextInt(1 << 20) };

    private static double[] Normals(SeededRandom random, int count, double mean) => [.. Enumerable.Range(0, count).Select(_ => mean + random.NextNormal())];

    private static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];
}
