using Pellucid.Models;
using Pellucid.Models.Tests;

namespace Pellucid.Tensors.Tests.Memory;

/// <summary>A run in place of an earlier one allocates nothing on the managed heap, whatever the batch and the length.</summary>
public sealed class ModelAllocationTests
{
    private static readonly TokenBatch[] Batches = [Tokens(3, 20), Tokens(2, 31), Tokens(1, 9)];

    private static readonly ModelConfig Gpt2 = SmallNetworks.Gpt2;

    private static readonly ModelConfig Llama = SmallNetworks.Llama;

    private static readonly ModelConfig Plain = Gpt2 with { Norm = NormKind.None, PositionEmbedding = PositionKind.None, IsCausal = false, UnembeddingBias = true };

    public static TheoryData<string, bool> Networks => new() { { "gpt2", false }, { "gpt2", true }, { "llama", false }, { "llama", true }, { "plain", false }, { "plain", true } };

    [Theory]
    [MemberData(nameof(Networks))]
    public void TrainingStep_OfATransformer_AllocatesNothing(string name, bool recompute)
    {
        TokenBatch[] batches = BatchesFor(name);
        using ModelParameters parameters = ModelParameters.Random(Of(name), 3);
        using Model model = parameters.ToModel();
        using Adam adam = new(parameters.ToLearn(), new AdamOptions { LearningRate = 1e-3f, ClipNorm = 1 });
        GradientOptions options = new() { Parameters = ParameterSet.All, Recompute = recompute };
        using GradientRun run = model.Gradients(batches[0], Metric.Loss, options);
        Assert.Equal(0, ManagedMemory.OfAStep(step =>
        {
            model.Gradients(batches[step % batches.Length], Metric.Loss, options, run);
            adam.Step(run.For(adam.Parameters));
            parameters.Refill(model);
        }));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Attribution_ToActivations_AllocatesNothing(string name, bool recompute)
    {
        TokenBatch[] batches = BatchesFor(name);
        using Model model = Model.Random(Of(name), 3);
        Metric metric = Metric.LogitDifference(3, 7);
        GradientOptions options = new() { At = Capture.Of(Hook.ResidPre(0), Hook.Z(1), Hook.Pattern(0)), Capture = Capture.Of(Hook.ResidPost(1)), Recompute = recompute };
        using GradientRun run = model.Gradients(batches[0], metric, options);
        Assert.Equal(0, ManagedMemory.OfAStep(step => model.Gradients(batches[step % batches.Length], metric, options, run)));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("plain")]
    public void Run_WithCaptures_AllocatesNothing(string name)
    {
        TokenBatch[] batches = BatchesFor(name);
        using Model model = Model.Random(Of(name), 3);
        RunOptions options = new() { Capture = Capture.Of(Hook.ResidPost(0), Hook.Pattern(1), Hook.MlpPost(1)), Logits = LogitsWanted.Last };
        using Run run = model.Run(batches[0], options);
        Assert.Equal(0, ManagedMemory.OfAStep(step => model.Run(batches[step % batches.Length], options, run)));
    }

    /// <summary>A run of its own makes what it is made of; what that is does not depend on batch and length.</summary>
    [Fact]
    public void Run_AndGradients_OfTheirOwn_AllocateTheSameForAnyBatchAndLength()
    {
        using Model model = Model.Random(Gpt2, 3);
        GradientOptions options = new() { Parameters = ParameterSet.All };
        long[] runs = [.. Batches.Select(batch => ManagedMemory.OfAStep(_ => model.Run(batch).Dispose()))];
        long[] gradients = [.. Batches.Select(batch => ManagedMemory.OfAStep(_ => model.Gradients(batch, Metric.Loss, options).Dispose()))];
        Assert.InRange(runs[0], 1, 32 << 10);
        Assert.InRange(gradients[0], 1, 128 << 10);
        Assert.All(runs, bytes => Assert.InRange(bytes, runs[0] - 512, runs[0] + 512)); // a list that grows by doubling
        Assert.All(gradients, bytes => Assert.InRange(bytes, gradients[0] - 2048, gradients[0] + 2048));
    }

    /// <summary>Sequences of several lengths together, or of one where the network would look at padding.</summary>
    private static TokenBatch[] BatchesFor(string name) =>
        name == "plain" ? [.. Batches.Select(batch => TokenBatch.From([.. batch.Ids.Chunk(batch.Positions)]))] : Batches;

    private static ModelConfig Of(string name) => name switch { "gpt2" => Gpt2, "llama" => Llama, _ => Plain };

    private static TokenBatch Tokens(int count, int length) =>
        TokenBatch.From([.. Enumerable.Range(0, count).Select(sequence => (int[])[.. Enumerable.Range(0, length - sequence).Select(i => ((i * 7) + sequence) % 50)])]);
}
