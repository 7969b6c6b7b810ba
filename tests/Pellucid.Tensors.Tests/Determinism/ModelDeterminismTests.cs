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

    /// <summary>Norms before and after, normed queries and keys, windows and caps, an activation that is not fused, padding in front; and weights in every storage.</summary>
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    [InlineData(DType.Q8)]
    public void RunAndGradients_NetworkWithEverythingAndPaddingInFront_HaveTheSameBits(DType storage)
    {
        using ModelParameters parameters = ModelParameters.Random(
            new()
            {
                Architecture = "all",
                Layers = 2,
                DModel = 120,
                Heads = 6,
                KeyHeads = 3,
                DHead = 24,
                DMlp = 230,
                Vocabulary = 512,
                Context = 160,
                NormPlacement = NormPlacement.BeforeAndAfter,
                QueryKeyNorm = true,
                Window = 50,
                LocalLayers = [true, false],
                LocalRotaryBase = 500,
                AttentionSoftCap = 30,
                LogitSoftCap = 20,
                EmbeddingScale = 11,
                MlpActivation = Activation.GeluTanh,
            },
            seed: 5);
        using Model model = parameters.ToModel("all", new OpenOptions { WeightStorage = storage });
        TokenBatch padded = TokenBatch.From([[.. Tokens.Ids.Take(130)], [.. Tokens.Ids.Skip(130).Take(77)]], new BatchOptions { Padding = PaddingSide.Left });
        Capture all = Capture.All(model);
        Threads.AssertSameBits($"{storage}", () =>
        {
            using Run run = model.Run(padded), looked = model.Run(padded, new RunOptions { Capture = all });
            using GradientRun gradients = model.Gradients(padded, Metric.Loss, new GradientOptions { Parameters = ParameterSet.All, At = Capture.Of(Hook.ResidPre(0), Hook.Pattern(1)) });
            return
            [
                run.Logits.ToArray(), looked.Logits.ToArray(), .. model.Hooks.Points.Select(point => looked[point.Name].ToArray()), [gradients.Value],
                gradients[Hook.ResidPre(0)].ToArray(), gradients[Hook.Pattern(1)].ToArray(), .. model.Parameters.Points.Select(point => gradients.Parameter(point.Name).ToArray()),
            ];
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
