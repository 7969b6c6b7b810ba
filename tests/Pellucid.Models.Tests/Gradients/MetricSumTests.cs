using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Gradients;

/// <summary>A sum of metrics has the value and the gradients of its parts, whatever each part reads.</summary>
public sealed class MetricSumTests
{
    private static readonly HuggingFaceFixture Fixture = HuggingFaceFixture.Of("llama");
    private static readonly GradientOptions Options = new() { At = Capture.Of(Hook.ResidPre(0)), Parameters = ParameterSet.Of("blocks.1.mlp.W_out") };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sum_OfLogitsAndActivations_AddsUpTheGradientsOfItsParts(bool recompute)
    {
        (Metric Metric, float Weight)[] parts =
        [
            (Metric.LogitDifference(5, 7), 0.5f), (SquareAt(Hook.MlpOut(1)), -2), (Metric.Loss, 3), (SquareAt(Hook.Z(0)), 0.25f), (SquareAt(Hook.MlpOut(1)), 1),
        ];
        GradientOptions options = Options with { Recompute = recompute };
        using GradientRun whole = Fixture.Model.Gradients(Fixture.Tokens, Metric.Sum(parts), options);
        (double value, double[] hook, double[] parameter) = (0, new double[whole[Hook.ResidPre(0)].Count], new double[whole.Parameter("blocks.1.mlp.W_out").Count]);
        foreach ((Metric metric, float weight) in parts)
        {
            using GradientRun part = Fixture.Model.Gradients(Fixture.Tokens, metric, options);
            value += weight * part.Value;
            Add(hook, part[Hook.ResidPre(0)], weight);
            Add(parameter, part.Parameter("blocks.1.mlp.W_out"), weight);
        }

        Assert.Equal(value, whole.Value, 1e-4 * Math.Abs(value)); // sums of float32 in another order
        AssertClose(hook, whole[Hook.ResidPre(0)]);
        AssertClose(parameter, whole.Parameter("blocks.1.mlp.W_out"));
    }

    [Fact]
    public void Sum_OfActivationsAlone_ReadsNoLogits()
    {
        Metric metric = Metric.Sum((SquareAt(Hook.Z(0)), 1), (SquareAt(Hook.Z(1)), 1));
        Assert.False(metric.ReadsLogits);
        Assert.Equal([Hook.Z(0), Hook.Z(1)], metric.Hooks);
        using GradientRun run = Fixture.Model.Gradients(Fixture.Tokens, metric, Options);
        Assert.All(run.Parameter("blocks.1.mlp.W_out").ToArray(), gradient => Assert.Equal(0, gradient)); // it comes after what is read
    }

    [Fact]
    public void Sum_WithAPartOfManyValues_NamesThePart()
    {
        Metric wide = Metric.OfActivation("all of it", Hook.Z(0), static (_, z) => z);
        ShapeException error = Assert.Throws<ShapeException>(() => Fixture.Model.Gradients(Fixture.Tokens, Metric.Sum((Metric.Loss, 1), (wide, 1)), Options));
        Assert.Contains("'all of it'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sum_OfNothing_IsRefused() => Assert.Contains("one metric or more", Assert.Throws<PellucidException>(() => Metric.Sum()).Message, StringComparison.Ordinal);

    private static Metric SquareAt(string hook) => Metric.OfActivation($"square of {hook}", hook, static (ops, x) => ops.Sum(ops.Square(x)));

    private static void Add(double[] sum, Tensor gradient, double weight)
    {
        float[] values = gradient.ToArray();
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += weight * values[i];
        }
    }

    private static void AssertClose(double[] expected, Tensor actual)
    {
        double largest = expected.Max(Math.Abs);
        Assert.All(actual.ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 2e-5 * largest));
    }
}
