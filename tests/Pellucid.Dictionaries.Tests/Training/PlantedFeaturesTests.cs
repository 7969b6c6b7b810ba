namespace Pellucid.Dictionaries.Tests.Training;

public sealed class PlantedFeaturesTests
{
    [Fact]
    public async Task TrainAsync_SparseSumsOfKnownDirections_FindsTheDirections()
    {
        using TemporaryFolder folder = new();
        using Tensor directions = PlantedData.Directions(64, 32, 1), rows = PlantedData.Rows(directions, 8000, 3, 2);
        using ActivationStore store = PlantedData.Store(folder.In("store"), rows, 1000);
        TopKRecipe recipe = new() { Latents = 64, K = 3, Epochs = 20, BatchSize = 128 };
        using Dictionary untrained = DictionaryTrainer.Untrained(store, recipe, TestContext.Current.CancellationToken);
        using Dictionary trained = await DictionaryTrainer.TrainAsync(store, recipe, folder.In("out"), cancellationToken: TestContext.Current.CancellationToken);
        double before = MeanMaxCosine(directions, untrained.WDec), after = MeanMaxCosine(directions, trained.WDec);
        Assert.InRange(before, 0.3, 0.6); // the nearest of 64 random directions in 32 dimensions
        Assert.InRange(after, 0.9, 1.0001);
        Assert.True(trained.DeadFraction < 0.2);
    }

    private static double MeanMaxCosine(Tensor known, Tensor learned) => Enumerable.Range(0, known.Shape[0]).Average(feature =>
        Enumerable.Range(0, learned.Shape[0]).Max(latent => known.Row(feature).ToArray().Zip(learned.Row(latent).ToArray(), (a, b) => (double)a * b).Sum()));
}
