using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Parameters;

/// <summary>Training from scratch against PyTorch's losses: goldens/two-layer-training/make.py.</summary>
public sealed class TrainingTests
{
    private const float Rate = 5e-3f;

    /// <summary>PyTorch's own float32 differs from its float64 by up to 7e-7 of the losses, which fall from 3.3 to 0.2; ours may by some thirty times that.</summary>
    private const double Tolerance = 2e-5;

    private static ModelConfig Gpt2 { get; } = SmallNetworks.Gpt2 with { Vocabulary = 24, Context = 16 };

    private static ModelConfig Llama { get; } = SmallNetworks.Llama with { KeyHeads = 4, Vocabulary = 24, Context = 16, TiedEmbedding = false };

    [Theory]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    public void Training_TwoLayers_FollowsPyTorchsLossesForAHundredSteps(string name, bool recompute)
    {
        Dictionary<string, Tensor> golden = Read(name);
        (Tensor batches, float[] losses) = (golden["batches"], golden["losses"].ToArray());
        using ModelParameters parameters = ModelParameters.From(
            name == "gpt2" ? Gpt2 : Llama, golden.Where(pair => pair.Key is not ("batches" or "losses")).ToDictionary());
        using Model model = parameters.ToModel();
        using Adam adam = new(parameters.ToLearn(), new AdamOptions { LearningRate = Rate });
        GradientOptions options = new() { Parameters = ParameterSet.All, Recompute = recompute };
        Assert.Equal(100, losses.Length);
        for (int step = 0; step < losses.Length; step++)
        {
            using GradientRun run = model.Gradients(Batch(batches, step), Metric.Loss, options);
            Assert.True(Math.Abs(run.Value - losses[step]) <= Tolerance, $"step {step}: {run.Value:G9}, PyTorch {losses[step]:G9}");
            adam.Step(run.For(adam.Parameters));
            parameters.Refill(model);
        }
    }

    [Fact]
    public void Refill_AfterAStep_IsTheModelThatToModelMakes()
    {
        using ModelParameters parameters = ModelParameters.Random(Gpt2, 3);
        using Model model = parameters.ToModel();
        TokenBatch tokens = TokenBatch.Of([1, 2, 3, 4, 5]);
        string before = model.Hash;
        using (GradientRun run = model.Gradients(tokens, Metric.Loss, new GradientOptions { Parameters = ParameterSet.All }))
        using (Adam adam = new(parameters.ToLearn(), new AdamOptions { LearningRate = Rate }))
        {
            adam.Step(run.For(adam.Parameters));
        }

        parameters.Refill(model);
        using Model anew = parameters.ToModel();
        using Run refilled = model.Run(tokens), expected = anew.Run(tokens);
        Assert.Equal(expected.Logits.ToArray(), refilled.Logits.ToArray());
        Assert.Equal(anew.Hash, model.Hash);
        Assert.NotEqual(before, model.Hash);
    }

    [Fact]
    public void Refill_ModelOfOtherParameters_IsRefused()
    {
        using ModelParameters parameters = ModelParameters.Random(Gpt2, 3);
        using Model other = Model.Random(Gpt2, 3);
        Close.IsOneLine(Assert.Throws<PellucidException>(() => parameters.Refill(other)));
    }

    [Fact]
    public void ToLearn_NormsAndBiases_DoNotDecay()
    {
        using ModelParameters parameters = ModelParameters.Random(Gpt2, 3);
        Assert.All(parameters.ToLearn(), parameter => Assert.Equal(parameter.Name.Contains("W_", StringComparison.Ordinal), parameter.Decays));
    }

    private static TokenBatch Batch(Tensor batches, int step)
    {
        (int count, int length) = (batches.Shape[1], batches.Shape[2]);
        return TokenBatch.From([.. batches.AsSpan<int>().Slice(step * count * length, count * length).ToArray().Chunk(length)]);
    }

    private static Dictionary<string, Tensor> Read(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path($"two-layer-training/{name}.safetensors"));
        return file.Entries.Keys.ToDictionary(entry => entry, file.Read);
    }
}
