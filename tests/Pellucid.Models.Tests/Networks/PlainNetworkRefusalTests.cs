using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Networks;

/// <summary>What a network that attends both ways, or whose outputs are not its tokens, is not asked for.</summary>
public sealed class PlainNetworkRefusalTests
{
    private static readonly ModelConfig BothWays = PlainNetworkTests.Odd with { OutputVocabulary = null };

    private static readonly ModelConfig Causal = PlainNetworkTests.Odd with { IsCausal = true };

    [Fact]
    public void Generate_AttendsBothWays_IsRefusedAtOnce()
    {
        using Model model = Model.Random(BothWays, 1);
        foreach (bool cache in (bool[])[true, false])
        {
            PellucidException error = Assert.Throws<PellucidException>(() => model.GenerateSteps([[1, 2]], new GenerateOptions { MaxTokens = 1, UseCache = cache }));
            Assert.Contains("attends both ways", error.Message, StringComparison.Ordinal);
            Close.IsOneLine(error);
        }
    }

    [Fact]
    public void Generate_OutputsAreNotTokens_IsRefusedAtOnce()
    {
        using Model model = Model.Random(Causal, 1);
        PellucidException error = Assert.Throws<PellucidException>(() => model.GenerateSteps([[1, 2]]));
        Assert.Contains("11 outputs of this one are not its 7 tokens", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void Loss_OutputsAreNotTokens_IsRefused()
    {
        TokenBatch tokens = TokenBatch.Of([1, 2, 3]);
        using Model model = Model.Random(Causal, 1);
        using Run run = model.Run(tokens);
        Close.IsOneLine(Assert.Throws<PellucidException>(() => run.Loss()));
        foreach (Metric metric in (Metric[])[Metric.Loss, Metric.Mean(Metric.Logit(0), Metric.Loss)])
        {
            Assert.Contains(
                "predicts the next token", Assert.Throws<PellucidException>(() => model.Gradients(tokens, metric, new GradientOptions())).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Metric_OfAnOutput_CountsOutputsAndNotTokens()
    {
        TokenBatch tokens = TokenBatch.Of([1, 2, 3]);
        using Model model = Model.Random(Causal, 1);
        using Run run = model.Run(tokens);
        using GradientRun last = model.Gradients(tokens, Metric.Logit(10), new GradientOptions { At = Capture.Of(Hook.ResidPost(2)) });
        Assert.Equal(run.Logits.Row(2)[10], last.Value, 1e-6);
        Assert.Contains(
            "0 to 10", Assert.Throws<PellucidException>(() => model.Gradients(tokens, Metric.Logit(11), new GradientOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_FactsThatDoNotFit_AreRefused()
    {
        ModelConfig[] impossible =
        [
            Causal with { TiedEmbedding = true },
            Causal with { OutputVocabulary = 0 },
            Causal with { AttentionScale = float.NaN },
            Causal with { NormEpsilon = -1 },
            Causal with { RotaryBase = 0 },
        ];
        Assert.All(impossible, config => Close.IsOneLine(Assert.Throws<PellucidException>(() => Model.Random(config, 1))));
    }

    [Fact]
    public void Gradients_TiedEmbeddingWithABias_AreThoseOfFiniteDifferences()
    {
        ModelConfig config = Causal with { OutputVocabulary = null, TiedEmbedding = true };
        TokenBatch tokens = TokenBatch.Of([1, 2, 3, 4]);
        using ModelParameters parameters = ModelParameters.Random(config, 5);
        using Model model = parameters.ToModel();
        using GradientRun run = model.Gradients(tokens, Metric.Loss, new GradientOptions { Parameters = ParameterSet.All });
        Tensor bias = parameters[ParameterName.UnembeddingBias];
        const float Step = 1e-2f; // the loss is about 2: steps that a float32 sees, small enough for a second-order error of 1e-5
        for (int output = 0; output < bias.Shape[0]; output++)
        {
            float[] losses = [.. new[] { Step, -Step }.Select(step =>
            {
                bias.AsSpan()[output] += step;
                using Model moved = parameters.ToModel();
                bias.AsSpan()[output] -= step;
                using Run there = moved.Run(tokens);
                return (float)there.Loss();
            })];
            Assert.Equal((losses[0] - losses[1]) / (2 * Step), run.Parameter(ParameterName.UnembeddingBias).AsSpan()[output], 1e-4);
        }
    }
}
