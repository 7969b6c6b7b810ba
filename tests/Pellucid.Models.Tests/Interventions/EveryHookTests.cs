using Pellucid.Models.Tests.HuggingFace;

namespace Pellucid.Models.Tests.Interventions;

/// <summary>Interventions and gradients at every activation of every architecture, in its first block and its last: no hook is only looked at.</summary>
public sealed class EveryHookTests
{
    private const double Step = 1.0 / 256, Noise = 2e-3;

    public static TheoryData<string> Names => [.. HuggingFaceFixture.All];

    /// <summary>d metric / d factor at factor 1, of a factor on an activation x, is g · x where g is the gradient at x.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_AtEveryHook_IsHowTheMetricAnswersToAFactorThere(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        HookPoint[] points = Points(fixture.Model);
        Capture capture = Capture.Of([.. points.Select(point => point.Name)]);
        using Run clean = fixture.Model.Run(fixture.Tokens, new RunOptions { Capture = capture });
        using GradientRun gradients = fixture.Model.Gradients(fixture.Tokens, MetricOf(fixture.Config), new GradientOptions { At = capture });
        int steep = 0;
        foreach (HookPoint point in points)
        {
            double along = clean[point.Name].ToArray().Zip(gradients[point.Name].ToArray()).Where(pair => float.IsFinite(pair.First)).Sum(pair => (double)pair.First * pair.Second);
            double quotient = (ValueWith(fixture, point, 1 + Step) - ValueWith(fixture, point, 1 - Step)) / (2 * Step);

            // Single precision leaves 3e-4 of the value in the quotient; the rest is for third derivatives, which are large in random networks, and for bends of ReLU.
            double tolerance = (Noise * Math.Abs(gradients.Value)) + (0.03 * Math.Abs(along));
            Assert.True(Math.Abs(along - quotient) <= tolerance, $"{name}, {point.Name}: the gradient gives {along}, a push {quotient}");
            steep += Math.Abs(along) > 10 * Noise * Math.Abs(gradients.Value) ? 1 : 0;
        }

        Assert.InRange(steep, 2, points.Length); // 2 of the flattest network, a quarter and more of most: else nothing was compared
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Zero_AtEveryHook_LeavesZerosAndAFiniteRunAndWayBack(string name)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        foreach (HookPoint point in Points(fixture.Model).Where(point => !point.Name.EndsWith("hook_scale", StringComparison.Ordinal))) // nothing is divided by 0
        {
            Model zero = fixture.Model.With(Intervention.Zero(point.Name));
            using Run run = zero.Run(fixture.Tokens, new RunOptions { Capture = Capture.Of(point.Name) });
            Assert.All(run[point.Name].ToArray(), value => Assert.True(value is 0 or float.NegativeInfinity, $"{name}, {point.Name}: {value}"));
            using GradientRun gradients = zero.Gradients(fixture.Tokens, MetricOf(fixture.Config), new GradientOptions { At = Capture.Of(Hook.Embed, point.Name) });
            Assert.True(float.IsFinite(gradients.Value), point.Name);
            Assert.All(gradients[point.Name].ToArray(), value => Assert.True(float.IsFinite(value), $"{name}, {point.Name}: a gradient of {value}"));
            Assert.All(gradients[Hook.Embed].ToArray(), value => Assert.True(float.IsFinite(value), $"{name}, {point.Name}: a gradient of {value} at the embeddings"));
        }
    }

    private static HookPoint[] Points(Model model)
    {
        int last = model.Config.Layers - 1;
        return [.. model.Hooks.Points.Where(point => (point.Layer <= 0 || point.Layer >= last) && (model.Config.HasUnembedding ? point.Layer <= last || IsFinal(point) : point.Layer <= last))];
    }

    /// <summary>What the logits are made of; the pooled output is not.</summary>
    private static bool IsFinal(HookPoint point) => point.Name.Contains("ln", StringComparison.Ordinal);

    private static string Read(ModelConfig config) => config.NormPlacement == NormPlacement.After ? Hook.NormalizedResidPost(config.Layers - 1) : Hook.ResidPost(config.Layers - 1);

    private static Metric MetricOf(ModelConfig config) => config.HasUnembedding
        ? Metric.OfLogits("mean square", null, static (ops, logits, _) => ops.Mean(ops.Square(logits)))
        : Metric.OfActivation("mean square of tanh", Read(config), static (ops, x) => ops.Mean(ops.Square(ops.Tanh(x))));

    private static double ValueWith(HuggingFaceFixture fixture, HookPoint point, double factor)
    {
        using Run run = fixture.Model.With(Intervention.Scale(point.Name, (float)factor))
            .Run(fixture.Tokens, new RunOptions { Capture = fixture.Config.HasUnembedding ? Capture.None : Capture.Of(Read(fixture.Config)) });
        return fixture.Config.HasUnembedding
            ? run.Logits.ToArray().Average(logit => (double)logit * logit)
            : run[Read(fixture.Config)].ToArray().Average(value => Math.Pow(Math.Tanh(value), 2));
    }
}
