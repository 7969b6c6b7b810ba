using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Networks;

/// <summary>
/// Networks without norms that attend both ways, with outputs of their own and sizes that are multiples of nothing: numbers of
/// goldens/plain-networks/make.py, a plain PyTorch module computed in double.
/// </summary>
public sealed class PlainNetworkTests
{
    /// <summary>Of an array's largest value. PyTorch's own float32 differs from its double by up to 1.3e-6 of it; ours may by about twice that.</summary>
    private const double Tolerance = 3e-6;

    public static TheoryData<string> Names => ["tiny", "odd"];

    public static TheoryData<string, string> Hooks => new([.. Names.SelectMany(name => HooksOf(name.Data).Select(hook => (name.Data, hook)))]);

    internal static ModelConfig Tiny { get; } = new()
    {
        Architecture = "plain",
        Layers = 2,
        DModel = 14,
        Heads = 1,
        KeyHeads = 1,
        DHead = 7,
        DMlp = 1,
        Vocabulary = 6,
        OutputVocabulary = 3,
        Context = 5,
        Norm = NormKind.None,
        PositionEmbedding = PositionKind.Learned,
        IsCausal = false,
        AttentionScale = 1,
        GatedMlp = false,
        MlpActivation = Activation.Relu,
        MlpBias = true,
        TiedEmbedding = false,
    };

    internal static ModelConfig Odd { get; } = Tiny with
    {
        Layers = 3,
        DModel = 13,
        Heads = 3,
        DHead = 5,
        DMlp = 9,
        Vocabulary = 7,
        OutputVocabulary = 11,
        Context = 6,
        PositionEmbedding = PositionKind.None,
        AttentionScale = null,
        AttentionBias = true,
        AttentionOutputBias = true,
        MlpBias = false,
        UnembeddingBias = true,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_Logits_EqualPyTorch(string name)
    {
        using Case its = new(name);
        using Run run = its.Model.Run(its.Tokens);
        its.IsClose("logits", run.Logits);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Run_OneHookCaptured_EqualsPyTorch(string name, string hook)
    {
        using Case its = new(name);
        using Run run = its.Model.Run(its.Tokens, new RunOptions { Capture = Capture.Of(hook) });
        its.IsClose(hook, run[hook]);
        its.IsClose("logits", run.Logits);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Table_Hooks_AreThoseOfPyTorch(string name)
    {
        using Case its = new(name);
        Assert.Equal(its.Arrays.Keys.Where(key => key.StartsWith("at:", StringComparison.Ordinal)).Select(key => key[3..]).Order(), HooksOf(name).Order());
        Assert.DoesNotContain(HooksOf(name), hook => hook.Contains("ln", StringComparison.Ordinal) || hook.Contains("rot", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tiny", false)]
    [InlineData("tiny", true)]
    [InlineData("odd", false)]
    [InlineData("odd", true)]
    public void Gradients_OfParameters_EqualPyTorch(string name, bool recompute)
    {
        using Case its = new(name);
        using GradientRun run = its.Model.Gradients(its.Tokens, its.Metric, new GradientOptions { Parameters = ParameterSet.All, Recompute = recompute });
        its.IsClose("value", Tensor.From([run.Value], new Shape(1)));
        Assert.All(its.Model.Parameters.Points, point => its.IsClose("grad:" + point.Name, run.Parameter(point.Name)));
    }

    [Theory]
    [InlineData("tiny", false)]
    [InlineData("tiny", true)]
    [InlineData("odd", false)]
    [InlineData("odd", true)]
    public void Gradients_OfEveryActivation_EqualPyTorch(string name, bool recompute)
    {
        using Case its = new(name);
        GradientOptions options = new() { At = Capture.All(its.Model), Capture = Capture.All(its.Model), Recompute = recompute };
        using GradientRun run = its.Model.Gradients(its.Tokens, its.Metric, options);
        foreach (string hook in HooksOf(name))
        {
            its.IsClose("at:" + hook, run[hook]);
            its.IsClose(hook, run.Activation(hook));
        }
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Gradients_OfOneActivation_EqualPyTorch(string name, string hook)
    {
        using Case its = new(name);
        using GradientRun run = its.Model.Gradients(its.Tokens, its.Metric, new GradientOptions { At = Capture.Of(hook) });
        its.IsClose("at:" + hook, run[hook]);
    }

    [Fact]
    public void Run_InterventionAtALaterKey_IsSeen()
    {
        using Case its = new("odd");
        using Run plain = its.Model.Run(its.Tokens);
        Intervention last = Intervention.Custom(Hook.Pattern(0), "to the last", static (ops, x, _) =>
        {
            Tensor changed = ops.Zeros(x.Shape);
            for (int row = 0; row < changed.Shape.Rows; row++)
            {
                changed.Row(row)[^1] = 1;
            }

            return changed;
        });
        using Run run = its.Model.With(last).Run(its.Tokens, new RunOptions { Capture = Capture.Of(Hook.Pattern(0), Hook.Z(0), Hook.V(0)) });
        Assert.All(Enumerable.Range(0, (int)run[Hook.Pattern(0)].Shape.Rows), row => Assert.Equal(1, run[Hook.Pattern(0)].Row(row)[^1]));
        Assert.True(Close.Differs(plain.Logits, run.Logits));
        int length = its.Tokens.Positions;
        Assert.Equal(run[Hook.V(0)].Row(length - 1), run[Hook.Z(0)].Row(0)); // the first position reads the last one's value
    }

    private static IEnumerable<string> HooksOf(string name) => new HookTable(name == "tiny" ? Tiny : Odd).Points.Select(point => point.Name);

    private sealed class Case : IDisposable
    {
        internal Case(string name)
        {
            using SafetensorsFile file = SafetensorsFile.Open(Golden.Path($"plain-networks/{name}.safetensors"));
            Arrays = file.Entries.Keys.ToDictionary(entry => entry, file.Read);
            const string Prefix = "parameter:";
            using ModelParameters parameters = ModelParameters.From(
                name == "tiny" ? Tiny : Odd,
                Arrays.Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value));
            Model = parameters.ToModel();
            Tensor ids = Arrays["ids"];
            Tokens = TokenBatch.From([.. ids.AsSpan<int>().ToArray().Chunk(ids.Shape[1])]);
            Tensor factors = Arrays["factors"];
            Metric = Metric.OfLogits("weighted sum", null, (ops, logits, _) => ops.Sum(ops.Multiply(logits, factors.Reshape(logits.Shape))));
        }

        internal Dictionary<string, Tensor> Arrays { get; }

        internal Model Model { get; }

        internal TokenBatch Tokens { get; }

        internal Metric Metric { get; }

        public void Dispose() => Model.Dispose();

        internal void IsClose(string array, Tensor actual)
        {
            // A bias of all keys moves all scores alike, so that its gradient is zero but for rounding: of the keys' gradients, which it sums.
            Tensor scale = Arrays[array.EndsWith("b_K", StringComparison.Ordinal) ? array.Replace("grad:", "at:").Replace("b_K", "hook_k") : array];
            Close.Equal(Arrays[array], actual, Tolerance * scale.ToArray().Max(Math.Abs), array);
        }
    }
}
