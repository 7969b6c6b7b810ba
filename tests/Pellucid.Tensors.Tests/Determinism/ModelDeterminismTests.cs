using Pellucid.Models;

namespace Pellucid.Tensors.Tests.Determinism;

public sealed class ModelDeterminismTests
{
    /// <summary>Two sequences of 130 tokens: several blocks of queries, and several parts of every product.</summary>
    private static readonly TokenBatch Tokens = TokenBatch.From(
        [[.. Enumerable.Range(0, 130).Select(i => (i * 37 % 511) + 1)], [.. Enumerable.Range(0, 121).Select(i => (i * 53 % 511) + 1)]]);

    [Fact]
    public async Task Run_EveryActivation_HasTheSameBits()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        Threads.AssertSameBits("run", () =>
        {
            using Run run = model.Run(Tokens, new RunOptions { Capture = Capture.All(model) });
            return [run.Logits.ToArray(), .. model.Hooks.Points.Select(point => run[point.Name].ToArray())];
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gradients_EveryParameterAndManyActivations_HaveTheSameBits(bool recompute)
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        GradientOptions options = new()
        {
            Parameters = ParameterSet.All,
            At = Capture.Of([.. Enumerable.Range(0, model.Config.Layers).SelectMany(layer => (string[])[Hook.ResidPre(layer), Hook.MlpPost(layer), Hook.Z(layer)])]),
            Recompute = recompute,
        };
        Threads.AssertSameBits("gradients", () =>
        {
            using GradientRun run = model.Gradients(Tokens, Metric.Loss, options);
            return [[run.Value], .. options.At.Hooks.Order().Select(hook => run[hook].ToArray()), .. model.Parameters.Points.Select(point => run.Parameter(point.Name).ToArray())];
        });
    }
}
