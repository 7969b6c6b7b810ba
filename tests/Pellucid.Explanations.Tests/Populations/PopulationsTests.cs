using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class PopulationsTests(Planted planted) : IClassFixture<Planted>
{
    [Fact]
    public async Task ScoreAsync_PlantedUnits_ScoresThemWithBothExplainers()
    {
        PopulationScores scores = await Populations.ScoreAsync(
            planted.Population, [planted.Explainer, planted.Table], new PopulationOptions { MinimumActiveTokens = 1 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([0, 1], scores.Units.Select(unit => unit.Unit).Order());
        ExplainerScores pattern = scores.Explainers["pattern"];
        Assert.Equal((2, 0), (pattern.N, pattern.NUndefined));
        Assert.True(pattern.TopAndRandom.Mean > 0.9);
        Assert.Equal(scores.TopAndRandom("pattern").Average(), pattern.TopAndRandom.Mean, 12);
        Assert.True(scores.Advantage("pattern", "token_table").IsAboveZero);
        Assert.Throws<PellucidException>(() => scores.TopAndRandom("oracle"));
    }

    [Fact]
    public async Task ScoreAsync_SilentUnit_CountsAsZeroAndIsCounted()
    {
        PopulationScores scores = await Populations.ScoreAsync(
            planted.Population, [planted.Table], new PopulationOptions { MinimumActiveTokens = 0 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((3, 1), (scores.Explainers["token_table"].N, scores.Explainers["token_table"].NUndefined));
        ScoredUnit silent = scores.Units.Single(unit => unit.Unit == 2);
        Assert.Null(silent.Evidence["token_table"].Score.TopAndRandom);
        Assert.Equal(0, scores.TopAndRandom("token_table")[scores.Units.ToList().IndexOf(silent)]);
    }

    [Fact]
    public void Draw_EnoughUnits_TakesThemBySeedAmongThoseThatFire()
    {
        UnitSummary summary = planted.HeldOut.Summary;
        PopulationOptions options = new() { Units = 10, Seed = 4 };
        IReadOnlyList<int> drawn = Populations.Draw(summary, options);
        Assert.Equal(10, drawn.Distinct().Count());
        Assert.All(drawn, unit => Assert.True(summary.ActiveTokens(unit) >= 20));
        Assert.Equal(drawn, Populations.Draw(summary, options));
        Assert.NotEqual(drawn, Populations.Draw(summary, options with { Seed = 5 }));
    }
}
