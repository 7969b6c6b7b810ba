namespace Pellucid.Dictionaries.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TopKRecipe Recipe = new()
    {
        Latents = 48,
        K = 4,
        Seed = 3,
        Epochs = 3,
        BatchSize = 32,
        CheckpointEverySteps = 20,
        DeadAfterTokens = 300,
    };

    [Fact]
    public async Task TrainAsync_Finished_WritesADictionaryWithStatistics()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        using Dictionary trained = await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), cancellationToken: Token);
        using Dictionary loaded = Dictionary.Load(folder.In("out"));
        Assert.Equal(
            ["cfg.json", "input_statistics.safetensors", "metrics.jsonl", "provenance.json", "recipe.json", "sae_weights.safetensors", "sparsity.safetensors", "statistics.safetensors"],
            TemporaryFolder.Contents(folder.In("out")).Keys.Order());
        Assert.Equal(PlantedData.Hook, loaded.Hook);
        Assert.Equal(600, loaded.Statistics!.Tokens);
        Assert.Equal(trained.DeadFraction, loaded.DeadFraction);
        Assert.Equal(trained.WEnc.ToArray(), loaded.WEnc.ToArray());
        Assert.Equal("topk", loaded.Provenance!.Options["recipe"]);
        Assert.Equal(3, loaded.Provenance.Seed);
    }

    [Fact]
    public async Task TrainAsync_FinishedFolder_IsOpenedAgain()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), cancellationToken: Token)).Dispose();
        TemporaryFolder.Copy(folder.In("out"), folder.In("before"));
        Recorder steps = new(_ => { });
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), steps, Token)).Dispose();
        Assert.Equal(0, steps.Reports);
        TemporaryFolder.AssertSame(folder.In("before"), folder.In("out"));
    }

    [Fact]
    public async Task TrainAsync_KilledAtTenInstants_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        int[] instants = [.. new SeededRandom(5).Sample(55, 10)];
        Recorder copies = new(progress =>
        {
            if (instants.Contains((int)progress.Step))
            {
                TemporaryFolder.Copy(folder.In("out"), folder.In($"killed{progress.Step}")); // what a kill at this instant leaves
            }
        });
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), copies, Token)).Dispose();
        foreach (string killed in Directory.GetDirectories(folder.Path, "killed*"))
        {
            (await DictionaryTrainer.TrainAsync(store, Recipe, killed, cancellationToken: Token)).Dispose();
            TemporaryFolder.AssertSame(folder.In("out"), killed);
        }

        Assert.Equal(instants.Count(step => step > 0), Directory.GetDirectories(folder.Path, "killed*").Length);
    }

    [Fact]
    public async Task TrainAsync_CancelledAndKilledWhileFinishing_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("whole"), cancellationToken: Token)).Dispose();
        using CancellationTokenSource stop = new();
        Recorder stopper = new(progress => _ = progress.Step == 33 ? stop.CancelAsync() : null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), stopper, stop.Token));
        Assert.True(File.Exists(folder.In("out", "checkpoint.safetensors")));
        File.Copy(folder.In("whole", "sae_weights.safetensors"), folder.In("out", "sae_weights.safetensors"));
        File.WriteAllText(folder.In("out", "cfg.json"), "{}"); // a config beside a checkpoint is not the end
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), cancellationToken: Token)).Dispose();
        TemporaryFolder.AssertSame(folder.In("whole"), folder.In("out"));
    }

    [Fact]
    public async Task TrainAsync_StoreLargerThanTheBuffer_TrainsTheSameTwice()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        TopKRecipe small = Recipe with { MaxBufferBytes = 250 * 16 * sizeof(float) };
        using Dictionary one = await DictionaryTrainer.TrainAsync(store, small, folder.In("a"), cancellationToken: Token);
        using Dictionary two = await DictionaryTrainer.TrainAsync(store, small, folder.In("b"), cancellationToken: Token);
        TemporaryFolder.AssertSame(folder.In("a"), folder.In("b"));
        Assert.True(one.WDec.Count == two.WDec.Count);
    }

    [Fact]
    public async Task TrainAsync_FolderOfAnotherRun_IsRefusedAndLeftAsItWas()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        (await DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), cancellationToken: Token)).Dispose();
        TemporaryFolder.Copy(folder.In("out"), folder.In("before"));
        string message = (await Refused(store, Recipe with { Seed = 4 }, folder.In("out"))).Message;
        Assert.Contains("recipe.json", message, StringComparison.Ordinal);
        TemporaryFolder.AssertSame(folder.In("before"), folder.In("out"));

        using Dictionary foreign = PlantedData.Random(8, 20, 4);
        foreign.Save(folder.In("foreign"));
        await Refused(store, Recipe, folder.In("foreign"));
        Assert.False(File.Exists(folder.In("foreign", "recipe.json")));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task TrainAsync_NaNOrInfinity_IsRefusedWithShardAndRow(float value)
    {
        using TemporaryFolder folder = new();
        using Tensor rows = PlantedData.Normal(600, 16, 1, 1);
        rows.Row(223)[5] = value;
        using ActivationStore store = PlantedData.Store(folder.In("store"), rows, 100);
        string message = (await Refused(store, Recipe, folder.In("out"))).Message;
        Assert.Contains("row 23 of shard 2", message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => DictionaryTrainer.Untrained(store, Recipe, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(2.5f)]
    public async Task TrainAsync_ConstantRows_AreRefused(float value)
    {
        using TemporaryFolder folder = new();
        using Tensor rows = Tensor.Empty(new Shape(600, 16));
        rows.AsSpan().Fill(value);
        using ActivationStore store = PlantedData.Store(folder.In("store"), rows, 100);
        Assert.Contains("equal", (await Refused(store, Recipe, folder.In("out"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_ImpossibleRecipe_IsRefusedBeforeAnythingIsWritten()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        TopKRecipe[] impossible =
        [
            Recipe with { Latents = 601 }, Recipe with { K = 49 }, Recipe with { K = 0 }, Recipe with { Latents = 0 }, Recipe with { Epochs = 0 },
            Recipe with { Tokens = 100 }, Recipe with { BatchSize = 0 }, Recipe with { LearningRate = double.NaN }, Recipe with { WarmUp = 2 },
            Recipe with { AuxK = -1 }, Recipe with { Beta2 = 1 }, Recipe with { ClipGradientNorm = 0 }, Recipe with { Epochs = 0.01 },
        ];
        foreach (TopKRecipe recipe in impossible)
        {
            await Refused(store, recipe, folder.In("out"));
        }

        Assert.Contains("601 latents from 600 tokens", (await Refused(store, impossible[0], folder.In("out"))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("out")));
    }

    [Fact]
    public async Task TrainAsync_DamagedCheckpoint_IsRefused()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        using CancellationTokenSource stop = new();
        Recorder stopper = new(progress => _ = progress.Step == 25 ? stop.CancelAsync() : null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), stopper, stop.Token));
        byte[] whole = File.ReadAllBytes(folder.In("out", "checkpoint.safetensors"));
        foreach (int length in new[] { 0, 7, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(folder.In("out", "checkpoint.safetensors"), whole[..length]);
            await Assert.ThrowsAsync<BadFileException>(() => DictionaryTrainer.TrainAsync(store, Recipe, folder.In("out"), cancellationToken: Token));
        }
    }

    [Fact]
    public void Untrained_ARecipe_IsWhatTrainingStartsFrom()
    {
        using TemporaryFolder folder = new();
        using ActivationStore store = Store(folder);
        using Dictionary untrained = DictionaryTrainer.Untrained(store, Recipe, TestContext.Current.CancellationToken);
        using Tensor turned = untrained.WEnc.Transpose(1, 0);
        Assert.Equal(untrained.WDec.ToArray(), turned.ToArray());
        Assert.All(untrained.BEnc.ToArray(), bias => Assert.Equal(0, bias));
        Assert.All(Enumerable.Range(0, 48), latent => Assert.Equal(1, untrained.WDec.Row(latent).ToArray().Sum(value => value * value), 1e-5f));
        Assert.Null(untrained.Statistics);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ActivationStore Store(TemporaryFolder folder)
    {
        using Tensor directions = PlantedData.Directions(32, 16, 1), rows = PlantedData.Rows(directions, 600, 3, 2);
        return PlantedData.Store(folder.In("store"), rows, 100);
    }

    private static Task<PellucidException> Refused(ActivationStore store, TopKRecipe recipe, string folder) =>
        Assert.ThrowsAsync<PellucidException>(() => DictionaryTrainer.TrainAsync(store, recipe, folder, cancellationToken: Token));
}
