using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>Gradients of a whole small transformer against PyTorch's autograd, for every architecture.</summary>
public sealed class HuggingFaceGradientTests
{
    /// <summary>Of an array's largest gradient. PyTorch's float32 differs from its float64 by up to 7e-6 of it; ours may by some ten times that.</summary>
    private const double Relative = 1e-4;

    /// <summary>Where the true gradient is zero, as that of key biases without rotary positions, round-off is what both have.</summary>
    private const double Absolute = 1e-6;

    public static TheoryData<string, bool> Ways
    {
        get
        {
            TheoryData<string, bool> ways = [];
            foreach (string name in HuggingFaceFixture.All)
            {
                ways.Add(name, false);
                ways.Add(name, true);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Gradients_OfLoss_EveryParameterEqualsPyTorch(string name, bool recompute)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        if (!fixture.Has("grads.safetensors"))
        {
            return;
        }

        using GradientRun run = fixture.Model.Gradients(
            fixture.Tokens, fixture.LossMetric, new GradientOptions { Parameters = ParameterSet.All, Recompute = recompute });
        Assert.Equal(fixture.Loss, run.Value, 1e-4);
        Assert.Equal(fixture.Model.Parameters.Points.Select(point => point.Name).Order(StringComparer.Ordinal), run.Parameters.Keys.Order(StringComparer.Ordinal));
        foreach ((string parameter, List<(int Place, float Value)> kept, float largest) in fixture.Gradients())
        {
            float[] met = run.Parameter(parameter).ToArray();
            Assert.True(kept.Count >= Math.Min(16, met.Length), $"{parameter}: {kept.Count} values are kept");
            Close.Equal([.. kept.Select(value => value.Value)], [.. kept.Select(value => met[value.Place])], Absolute + (Relative * largest), parameter);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Gradients_OfLogitDifference_EveryActivationEqualsPyTorch(string name, bool recompute)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        (string Array, string Hook, string? Norm)[] compared =
            [.. GoldenActivations.Of(fixture).Where(row => fixture.Arrays.ContainsKey("grad_logit_diff." + row.Array))];
        if (compared.Length == 0)
        {
            return; // checkpoints that differ in their container alone
        }

        Assert.True(compared.Length >= 2 * fixture.Config.Layers);
        GradientOptions fused = new() { At = Capture.Of(compared.Select(row => row.Hook)), Recompute = recompute }, whole = fused with { At = Capture.All(fixture.Model) };
        foreach (GradientOptions options in (GradientOptions[])[fused, whole])
        {
            using GradientRun run = fixture.Model.Gradients(fixture.Tokens, Metric.LogitDifference(5, 7), options);
            foreach ((string array, string hook, string? norm) in compared)
            {
                using Tensor first = run[hook].Slice(0, 0, 1);
                Near(Expected(fixture, array, norm), first, $"{hook} against {array}");
                Assert.All(run[hook].Slice(0, 1, 1).ToArray(), value => Assert.Equal(0, value)); // of the other sequence
            }
        }
    }

    [Theory]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    public void Gradients_Recomputed_AreTheSameBits(string name, bool everything)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        GradientOptions options = new()
        {
            Parameters = ParameterSet.All,
            At = everything ? Capture.All(fixture.Model) : Capture.Of(Hook.ResidPost(0), Hook.MlpPost(1)),
            Capture = Capture.Of(Hook.ResidMid(1)),
        };
        using GradientRun kept = fixture.Model.Gradients(fixture.Tokens, Metric.Loss, options);
        using GradientRun recomputed = fixture.Model.Gradients(fixture.Tokens, Metric.Loss, options with { Recompute = true });
        Assert.Equal(kept.Value, recomputed.Value);
        Assert.Equal(kept.Hooks.Keys.Order(), recomputed.Hooks.Keys.Order());
        Assert.All(kept.Hooks, pair => Assert.Equal(pair.Value.ToArray(), recomputed[pair.Key].ToArray()));
        Assert.All(kept.Parameters, pair => Assert.Equal(pair.Value.ToArray(), recomputed.Parameter(pair.Key).ToArray()));
        Assert.Equal(kept.Activation(Hook.ResidMid(1)).ToArray(), recomputed.Activation(Hook.ResidMid(1)).ToArray());
    }

    /// <summary>The library's gradient of a norm's output is, times the norm's weight, that of what comes before weight and bias.</summary>
    private static Tensor Expected(HuggingFaceFixture fixture, string array, string? norm)
    {
        Tensor expected = fixture.Arrays["grad_logit_diff." + array];
        if (norm is null)
        {
            return expected;
        }

        using Ops ops = new();
        using ModelParameters parameters = fixture.Model.CopyParameters();
        return ops.Multiply(expected, parameters[norm + ".w"]).Copy();
    }

    private static void Near(Tensor expected, Tensor met, string what) =>
        Close.Equal(expected, met, Absolute + (Relative * expected.ToArray().Max(Math.Abs)), what);
}
