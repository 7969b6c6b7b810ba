using Pellucid.Models;
using Pellucid.Tensors.Tests.Kernels;

namespace Pellucid.Tensors.Tests.Determinism;

/// <summary>
/// Whole networks of sizes that fill no vector, without norms, attending both ways: what each instruction set gives, against the portable one,
/// which is held to PyTorch's numbers where the models are tested.
/// </summary>
public sealed class PlainNetworkInstructionSetTests
{
    /// <summary>Of an array's largest value: sums of a few dozen products in another order, through three blocks there and back.</summary>
    private const double Tolerance = 5e-6;

    private static readonly TokenBatch Tokens = TokenBatch.From([[0, 3, 1, 2, 5], [4, 4, 2, 0, 1], [5, 1, 3, 3, 2]]);

    private static readonly ModelConfig Tiny = new()
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
        TiedEmbedding = false,
        UnembeddingBias = true,
    };

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Run_SizesThatFillNoVector_AreThoseOfThePortableSet(InstructionSet set)
    {
        ModelConfig odd = Tiny with { Layers = 3, DModel = 13, Heads = 3, KeyHeads = 1, DHead = 5, DMlp = 9, OutputVocabulary = 11, PositionEmbedding = PositionKind.None, MlpBias = true };
        foreach (ModelConfig config in (ModelConfig[])[Tiny, odd, Tiny with { DModel = 1, DHead = 1 }])
        {
            using Model model = Large(config);
            Dictionary<string, float[]> expected = All(model, InstructionSet.Portable), actual = All(model, set);
            foreach ((string name, float[] values) in expected)
            {
                double limit = Tolerance * values.Max(Math.Abs);
                for (int i = 0; i < values.Length; i++)
                {
                    Assert.True(Math.Abs(values[i] - actual[name][i]) <= limit, $"{name} [{i}] is {actual[name][i]:G9}, portable {values[i]:G9}, limit {limit:G3}");
                }
            }
        }
    }

    private static Dictionary<string, float[]> All(Model model, InstructionSet set)
    {
        using IDisposable forced = Processor.Force(set);
        using Run run = model.Run(Tokens, new RunOptions { Capture = Capture.All(model) }), fused = model.Run(Tokens);
        GradientOptions options = new() { At = Capture.All(model), Parameters = ParameterSet.All };
        using GradientRun back = model.Gradients(Tokens, Metric.Mean(Metric.Logit(2), Metric.Logit(1, 1, 0)), options);
        Dictionary<string, float[]> all = new() { ["logits"] = run.Logits.ToArray(), ["fused logits"] = fused.Logits.ToArray() };
        foreach (HookPoint point in model.Hooks.Points)
        {
            all.Add(point.Name, run[point.Name].ToArray());
            all.Add("at " + point.Name, back[point.Name].ToArray());
        }

        foreach (ParameterPoint point in model.Parameters.Points.Where(point => !point.Name.EndsWith("b_K", StringComparison.Ordinal)))
        {
            all.Add("gradient of " + point.Name, back.Parameter(point.Name).ToArray());
        }

        return all;
    }

    /// <summary>A random model whose activations are of order one.</summary>
    private static Model Large(ModelConfig config)
    {
        using ModelParameters parameters = ModelParameters.Random(config, 11);
        foreach (ParameterPoint point in parameters.Table.Points)
        {
            foreach (ref float value in parameters[point.Name].AsSpan())
            {
                value = (value * 15) + (point.Shape.Rank == 1 ? 0.1f : 0);
            }
        }

        return parameters.ToModel();
    }
}
