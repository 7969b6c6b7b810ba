using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth.Tests.Toys;

/// <summary>What trained models do, against what the paper says of them.</summary>
public sealed class TrainedToyTests
{
    private const int Restarts = 32;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 1, 0.9, "digon", 1 / 2.0)]
    [InlineData(3, 2, 0.3, "triangle", 2 / 3.0)]
    [InlineData(4, 3, 0.3, "tetrahedron", 3 / 4.0)]
    [InlineData(5, 2, 0.9, "pentagon", 2 / 5.0)]
    [InlineData(8, 3, 0.85, "square antiprism", 3 / 8.0)]
    public void TrainBest_EqualImportance_FindsThePolytope(int features, int hidden, double sparsity, string name, double dimensionality)
    {
        ToyTask task = new() { Hidden = hidden, Sparsity = sparsity, Importance = ToyTask.Powers(features, 1) };
        ToyModel model = Best(task).Model;
        Assert.Equal(name, Polytopes.Describe(Polytopes.Of(model)));
        Assert.All(model.Dimensionality(), value => Assert.Equal(dimensionality, value, 0.005)); // two decimals
    }

    [Theory]
    [InlineData(0.0, 0.5, ToySolution.Ignored)]
    [InlineData(0.0, 2, ToySolution.Dedicated)]
    [InlineData(0.95, 0.5, ToySolution.Antipodal)]
    [InlineData(0.95, 2, ToySolution.Antipodal)]
    public void TrainBest_TwoFeatures_IsInThePredictedPhase(double sparsity, double importance, ToySolution expected)
    {
        BestToy best = Best(new ToyTask { Hidden = 1, Sparsity = sparsity, Importance = [1, importance] });
        Assert.Equal(expected, ToyPhases.Of(best.Model));
        Assert.Equal(expected, ToyPhases.Predicted(sparsity, importance));
        Assert.True(best.Loss.IsExact);

        // Free lengths can make it a few percent better than the ideal; no less than 1 % worse, which is noise of the last steps.
        Assert.InRange(best.Loss.Value / ToyPhases.IdealLoss(expected, sparsity, importance), 0.9, 1.01);
    }

    [Fact]
    public void Train_LinearModel_StoresTheMostImportantAndNothingElse()
    {
        ToyTask task = new() { Form = AutoencoderForm.Linear, Hidden = 2, Sparsity = 0.9, Importance = ToyTask.Powers(5, 0.7) };
        BestToy best = Best(task);
        double[] norms = best.Model.Norms();
        Assert.All(norms[..2], norm => Assert.Equal(1, norm, 0.02));
        Assert.All(norms[2..], norm => Assert.Equal(0, norm, 0.05));
        double variance = (0.1 / 3) - (0.1 * 0.1 / 4);
        Assert.Equal(variance * task.Importance.Skip(2).Sum(), best.Loss.Value, 1e-3 * variance); // what principal components leave
        BestToy rectified = Best(task with { Form = AutoencoderForm.RectifiedOutput });
        Assert.True(rectified.Loss.Value < 0.5 * best.Loss.Value, "with a rectifier, superposition pays");
    }

    [Fact]
    public void PairedFeatures_EverySetup_LiesAsThePaperSays()
    {
        IReadOnlyList<PairedFeatures> models = PairedFeatures.TrainAll(Restarts, seed: 1, cancellationToken: Token);
        Assert.Equal(0, models[0].CosineWithin, 0.1); // those that come together are orthogonal, opposite to one of the other pair
        Assert.Equal(-1, models[0].CosineBetween, 0.05);
        Assert.Equal(-1, models[1].CosineWithin, 0.001); // those that exclude each other lie opposite, and lose nothing
        Assert.Equal(0, models[1].Best.Loss.Value, 1e-6);
        Assert.InRange(models[2].CosineWithin, 0.3, 0.6); // without room for that, side by side
        Assert.Equal(1, models[3].CosineWithin, 0.001); // dense: one direction, the principal component, of 1/√2 each
        Assert.All(models[3].Best.Model.Norms(), norm => Assert.Equal(Math.Sqrt(0.5), norm, 0.02));
    }

    [Fact]
    public void NeuronRole_DenseAndSparse_AreMonosemanticAndPolysemantic()
    {
        ToyTask[] tasks = [.. new[] { 0.3, 0.99 }.Select(sparsity => new ToyTask
        {
            Form = AutoencoderForm.RectifiedHidden, Hidden = 8, Sparsity = sparsity, Importance = ToyTask.Powers(16, 0.8),
        })];
        BestToy[] best = ToyTrainer.TrainBest(tasks, 4, ToyTraining.For(tasks[0], 2), null, Token);
        IReadOnlyList<NeuronRole> dense = NeuronRole.Of(best[0].Model), sparse = NeuronRole.Of(best[1].Model);
        Assert.Equal(8, dense.Count);
        Assert.All(dense, role => Assert.True(role.IsMonosemantic));
        Assert.True(sparse.Count(role => role.IsMonosemantic) < sparse.Count / 2);
        Assert.Contains(sparse, role => role.IsAsymmetric);
        Assert.InRange(ToyLoss.Explained(best[0].Model).Count(share => share > 0.9), 3, 4); // two neurons for each feature; a beginning may leave two for half of one
    }

    [Fact]
    public void AdversarialAttack_PredictedFromTheWeights_IsTheBestThatIsFound()
    {
        ToyTask task = new() { Hidden = 5, Sparsity = 0.95, Importance = ToyTask.Powers(20, 1) };
        ToyModel model = ToyTrainer.Train([task], ToyTraining.For(task, 3), null, Token)[0];
        double[] norms = model.Norms(), dimensionality = model.Dimensionality();
        int[] stored = [.. Enumerable.Range(0, 20).Where(feature => norms[feature] > 0.5)];
        Assert.True(stored.Length > 15);
        Assert.All(stored, feature =>
        {
            double[] x = new double[20];
            x[feature] = 1;
            AdversarialAttack attack = AdversarialAttack.On(model, x, feature, 0.1, seed: feature);
            Assert.Equal(attack.Predicted, attack.Measured, 1e-9); // the output stays above 0: exact
            Assert.Equal(attack.Measured, attack.Found, 1e-3 * attack.Measured);
            Assert.InRange(attack.RandomBest / attack.Measured, 0, 0.95);
            Assert.InRange(attack.RandomMean / attack.Measured, 0.1, 0.25); // E |cos| in 20 dimensions is 0.18
            Assert.Equal(1 / Math.Sqrt(dimensionality[feature]), attack.Vulnerability, 1e-9);
            Assert.True(attack.Vulnerability > 1.5);
        });
    }

    [Fact]
    public void Train_SameSeed_SameModels_AndAnotherSeedOthers()
    {
        ToyTask[] tasks = [.. Enumerable.Repeat(new ToyTask { Hidden = 2, Sparsity = 0.5, Importance = [1, 1, 1] }, 20)];
        ToyTraining training = new() { Steps = 20, Batch = 16 };
        ToyModel[] first = ToyTrainer.Train(tasks, training, null, Token), second = ToyTrainer.Train(tasks, training, null, Token);
        ToyModel[] other = ToyTrainer.Train(tasks, training with { Seed = 1 }, null, Token);
        Assert.Equal(first.SelectMany(model => model.Weights), second.SelectMany(model => model.Weights));
        Assert.NotEqual(first[0].Weights[0], other[0].Weights[0]);
    }

    [Fact]
    public void Train_WhatCannotBe_IsRefused()
    {
        ToyTask good = new() { Hidden = 1, Sparsity = 0.5, Importance = [1, 1] };
        ToyTraining training = new() { Steps = 1, Batch = 4 };
        Refuses("a sparsity of 1", good with { Sparsity = 1 });
        Refuses("a sparsity of NaN", good with { Sparsity = double.NaN });
        Refuses("in 0 dimensions", good with { Hidden = 0 });
        Refuses("0 features", good with { Importance = [] });
        Refuses("importance", good with { Importance = [1, double.PositiveInfinity] });
        Refuses("groups of 2", good with { Importance = [1, 1, 1], Dependence = FeatureDependence.Together });
        Assert.Contains("one shape", Assert.Throws<PellucidException>(() => ToyTrainer.Train([good, good with { Hidden = 2 }], training, null, Token)).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of 4", Assert.Throws<PellucidException>(() => ToyTrainer.Train([good], training with { Batch = 5 }, null, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => ToyTrainer.Train([], training, null, Token));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ToyTrainer.Train([good], training, null, source.Token));

        void Refuses(string expected, ToyTask task) =>
            Assert.Contains(expected, Assert.Throws<PellucidException>(() => ToyTrainer.Train([task], training, null, Token)).Message, StringComparison.OrdinalIgnoreCase);
    }

    private static BestToy Best(ToyTask task) => ToyTrainer.TrainBest([task], Restarts, ToyTraining.For(task, seed: 1), null, Token)[0];
}
