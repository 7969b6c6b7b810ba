using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Tests.Toys;

public sealed class ToyNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-toy").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(AutoencoderForm.RectifiedOutput)]
    [InlineData(AutoencoderForm.Linear)]
    [InlineData(AutoencoderForm.RectifiedHidden)]
    public async Task SaveAsync_OpenedAgain_ComputesTheToyModel(AutoencoderForm form)
    {
        ToyModel toy = Trained(form);
        string folder = Path.Combine(_folder, "toy");
        await ToyNetwork.SaveAsync(toy, folder, cancellationToken: TestContext.Current.CancellationToken);
        using Model network = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
        string output = form == AutoencoderForm.RectifiedHidden ? "blocks.1.mlp.hook_post" : "blocks.0.mlp.hook_post";
        using Run run = network.Run("f3 f0", Capture.Of("hook_embed", output));
        Compare(toy, [0, 0, 0, 1, 0], run.Logits, 0);
        Compare(toy, [1, 0, 0, 0, 0], run.Logits, 1);
        Compare(toy, [0, 0, 0, 1, 0], run[output], 0);
        if (form != AutoencoderForm.RectifiedHidden)
        {
            Assert.Equal(toy.Direction(3), Enumerable.Range(0, 2).Select(k => run["hook_embed"][0, 0, k]));
        }

        double[] x = [0.3, 0, 0.9, 0, 0.25];
        using Run any = network.With(ToyNetwork.Input(toy, x)).Run("f0");
        Compare(toy, x, any.Logits, 0);
    }

    [Fact]
    public async Task Read_WhatWasSaved_IsTheSameModel()
    {
        foreach (AutoencoderForm form in Enum.GetValues<AutoencoderForm>())
        {
            ToyModel toy = Trained(form), read = await SavedAsync(form.ToString(), toy);
            Assert.Equal(toy.Weights, read.Weights);
            Assert.Equal(toy.OutWeights, read.OutWeights);
            Assert.Equal(toy.Bias, read.Bias);
            Assert.Equal(toy.Task.Importance, read.Task.Importance);
            Assert.Equal((toy.Task.Sparsity, toy.Task.Form), (read.Task.Sparsity, read.Task.Form));
        }

        string text = await File.ReadAllTextAsync(Path.Combine(_folder, "Linear", "truth.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"kind\":\"toy\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    public void Read_TruthThatIsNone_IsRefused(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "truth.json"), text);
        Assert.Contains("truth.json", Assert.Throws<BadFileException>(() => ToyNetwork.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hidden\":2", "\"hidden\":3")]
    [InlineData("\"features\":5", "\"features\":2000000000")]
    [InlineData("\"sparsity\":0.5", "\"sparsity\":2")]
    [InlineData("pellucid-toy-model-1", "pellucid-toy-model-9")]
    [InlineData("\"kind\":\"toy\"", "\"kind\":\"program\"")]
    public async Task Read_TruthThatContradictsItself_IsRefused(string from, string to)
    {
        await SavedAsync("bad", Trained(AutoencoderForm.RectifiedOutput));
        string path = Path.Combine(_folder, "bad", "truth.json");
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), changed = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        await File.WriteAllTextAsync(path, changed, TestContext.Current.CancellationToken);
        Assert.Throws<BadFileException>(() => ToyNetwork.Read(Path.Combine(_folder, "bad")));
    }

    [Fact]
    public void Input_OfAnotherNumberOfFeatures_IsRefused() =>
        Assert.Throws<ShapeException>(() => ToyNetwork.Input(Trained(AutoencoderForm.RectifiedOutput), [1, 2]));

    private static ToyModel Trained(AutoencoderForm form) => ToyTrainer.Train(
        [new ToyTask { Form = form, Hidden = 2, Sparsity = 0.5, Importance = ToyTask.Powers(5, 0.9) }], new ToyTraining { Steps = 100, Batch = 64 })[0];

    private static void Compare(ToyModel toy, double[] x, Tensor output, int position)
    {
        double[] expected = toy.Forward(x);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], output[0, position, i], 1e-6); // float sums of a few terms of size 1
        }
    }

    private async Task<ToyModel> SavedAsync(string name, ToyModel toy)
    {
        await ToyNetwork.SaveAsync(toy, Path.Combine(_folder, name), cancellationToken: TestContext.Current.CancellationToken);
        return ToyNetwork.Read(Path.Combine(_folder, name));
    }
}
