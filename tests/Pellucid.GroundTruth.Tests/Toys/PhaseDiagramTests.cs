using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Toys;

public sealed class PhaseDiagramTests
{
    [Fact]
    public void Compute_TwoFeatures_AgreesWithTheoryButAtTheBoundary()
    {
        PhaseDiagram diagram = PhaseDiagram.Compute(new PhaseDiagramOptions { Densities = 20, Importances = 20 }, null, TestContext.Current.CancellationToken);
        Assert.Equal(400, diagram.Points.Count);
        Assert.InRange(diagram.Agreement, 0.95, 1);

        // Half of all beginnings have both weights of one sign and never part them, so that at a point in a thousand all ten fail.
        Assert.InRange(diagram.AgreementOffBoundary, 0.994, 1);
        Assert.All(Enum.GetValues<ToySolution>(), solution => Assert.Contains(diagram.Points, point => point.Solution == solution));

        // Where training and theory part, the trained model is better than the ideal: lengths other than 1 lose less.
        PhasePoint[] parted = [.. diagram.Points.Where((point, at) => point.Solution != point.Predicted && diagram.IsAtBoundary(at))];
        Assert.All(parted, point => Assert.InRange(point.Loss / point.IdealLoss, 0.8, 1.0001));
    }

    [Fact]
    public void BoundaryDensity_RatioAndItsInverse_AreTheSame()
    {
        double[] ratios = [1.2, 2, 5, 10];
        Assert.All(ratios, ratio => Assert.Equal(ToyPhases.BoundaryDensity(ratio), ToyPhases.BoundaryDensity(1 / ratio), 1e-7));
        double[] densities = [.. ratios.Select(ToyPhases.BoundaryDensity)];
        Assert.Equal(densities.OrderDescending(), densities); // the more unequal, the sparser they must be
        Assert.InRange(densities[0], 0.3, 0.7);
        Assert.InRange(densities[^1], 0.1, 0.25);
    }

    [Fact]
    public void IdealLoss_OneFeatureStored_LosesTheOthersVariance()
    {
        double variance = (0.3 / 3) - (0.3 * 0.3 / 4);
        Assert.Equal(0.4 * variance, ToyPhases.IdealLoss(ToySolution.Ignored, 0.7, 0.4), 1e-12);
        Assert.Equal(variance, ToyPhases.IdealLoss(ToySolution.Dedicated, 0.7, 0.4), 1e-12);
    }

    [Fact]
    public void Compute_ThreeFeatures_HasItsThreePhases()
    {
        PhaseDiagramOptions options = new() { Features = 3, Densities = 6, Importances = 5, Seeds = 8, LowestDensity = 0.05 };
        PhaseDiagram diagram = PhaseDiagram.Compute(options, null, TestContext.Current.CancellationToken);
        Assert.Equal(ToySolution.Ignored, diagram.Points[5].Solution); // dense, unimportant
        Assert.Equal(ToySolution.Dedicated, diagram.Points[^1].Solution); // dense, important
        Assert.Equal(ToySolution.Antipodal, diagram.Points[0].Solution); // sparse, unimportant
        Assert.True(double.IsNaN(diagram.Agreement));
    }

    [Fact]
    public void Compute_GridThatCannotBe_IsRefused()
    {
        foreach (PhaseDiagramOptions options in new PhaseDiagramOptions[]
        {
            new() { Features = 4 }, new() { Densities = 1 }, new() { Seeds = 0 }, new() { LowestDensity = 0 }, new() { HighestImportance = 1 }, new() { Densities = 1 << 16, Importances = 1 << 16 },
        })
        {
            Assert.Throws<PellucidException>(() => PhaseDiagram.Compute(options, null, TestContext.Current.CancellationToken));
        }
    }
}
