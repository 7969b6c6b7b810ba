using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class DensityMatchingTests(Planted planted) : IClassFixture<Planted>
{
    [Fact]
    public void Match_DenserUnits_FireExactlyAsOftenAsAsked()
    {
        ActivationStore store = planted.Training;
        using Directions directions = Directions.Random(store.Manifest.Hook, 12, store.Manifest.Width, seed: 2);
        double[] densities = [.. Enumerable.Range(1, 12).Select(i => i * 0.01)];
        SelectedUnits matched = DensityMatching.Match(store, directions, Summarize(directions), densities, TestContext.Current.CancellationToken);
        UnitSummary summary = Summarize(matched);
        Assert.Equal(12, matched.Count);
        for (int unit = 0; unit < 12; unit++)
        {
            // Embeddings repeat with their tokens, so a threshold can only fall between tokens: at most the share of one token is missing.
            double tie = planted.Tokens.Counts.Values.Max() / (double)planted.Tokens.Total;
            Assert.InRange(summary.Density(unit), densities[unit] - tie, densities[unit] + 1e-9);
        }
    }

    [Fact]
    public void Match_ManyDistinctValues_IsExact()
    {
        ActivationStore store = planted.Training;
        Noise noise = new(store.Manifest.Hook, store.Manifest.Width);
        double[] densities = [0.003, 0.02, 0.3];
        UnitSummary summary = Summarize(DensityMatching.Match(store, noise, Summarize(noise), densities, TestContext.Current.CancellationToken));
        for (int unit = 0; unit < 3; unit++)
        {
            Assert.Equal(Math.Round(densities[unit] * store.Rows), summary.ActiveTokens(unit), 3.0);
        }
    }

    [Fact]
    public void Match_SparserUnit_StaysAsItIs()
    {
        SelectedUnits matched = DensityMatching.Match(planted.Training, planted.Units, planted.Population.TrainingSummary, [0.9], TestContext.Current.CancellationToken);
        Assert.Equal(planted.Population.TrainingSummary.ActiveTokens(0), Summarize(matched).ActiveTokens(0));
    }

    private UnitSummary Summarize(IUnits units) => planted.Training.Summarize(units, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Values that scarcely repeat: a hash of the row, uniform on −1 to 1, for each of three units.</summary>
    private sealed class Noise(string hook, int width) : IUnits
    {
        public string Kind => "noise";

        public string Hook => hook;

        public int Width => width;

        public int Count => 3;

        public Tensor Evaluate(Ops ops, Tensor activations)
        {
            Tensor values = ops.Own(Tensor.Empty(new Shape(activations.Shape.Rows, 3)));
            for (int row = 0; row < values.Shape.Rows; row++)
            {
                for (int unit = 0; unit < 3; unit++)
                {
                    values.Row(row)[unit] = ((SeededRandom.Hash((ulong)row, (ulong)unit, (ulong)activations.Shape.Rows) >> 40) / (float)(1 << 23)) - 1;
                }
            }

            return values;
        }
    }
}
