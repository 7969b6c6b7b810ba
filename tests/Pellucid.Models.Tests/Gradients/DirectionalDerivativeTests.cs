using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Gradients;

/// <summary>
/// The gradient at every hook against how the metric answers to a small push there: (f(x + h d) − f(x − h d)) / 2h for random directions d,
/// extrapolated from two widths (Richardson) so that the error of the formula is of the fourth power of h.
/// </summary>
public sealed class DirectionalDerivativeTests
{
    /// <summary>
    /// Of |g|·|d|: what a metric of a few units, computed in float32 with some 1e-6 of round-off, leaves of a difference quotient of width 0.02
    /// relative to the gradient's size, with room. A derivative that is missing a factor or a term is off by tenths.
    /// </summary>
    private const double Tolerance = 3e-3;

    public static TheoryData<string, string> Hooks
    {
        get
        {
            TheoryData<string, string> hooks = [];
            foreach (string name in HuggingFaceFixture.Names)
            {
                foreach (HookPoint point in HuggingFaceFixture.Of(name).Model.Hooks.Points)
                {
                    if (point.Layer != 1) // block 0 and block 2 are the first and the last
                    {
                        hooks.Add(name, point.Name);
                    }
                }
            }

            return hooks;
        }
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Gradient_AtHook_IsHowTheMetricAnswersToAPush(string name, string hook)
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of(name);
        Metric metric = Metric.Mean(Metric.LogitDifference(5, 7), Metric.LogProbability(11, sequence: 1, position: 4), Metric.Logit(3, 1, ^2));
        using GradientRun run = fixture.Model.Gradients(fixture.Tokens, metric, new GradientOptions { At = Capture.Of(hook), Capture = Capture.Of(hook) });
        Tensor gradient = run[hook], value = run.Activation(hook);
        Assert.True(gradient.ToArray().Any(entry => entry != 0), "a gradient of zeros proves nothing here");
        for (int seed = 0; seed < 3; seed++)
        {
            float[] direction = Direction(value, gradient, seed);
            double expected = gradient.ToArray().Zip(direction, (g, d) => (double)g * d).Sum();
            double size = Math.Sqrt(gradient.ToArray().Sum(g => (double)g * g)) * Math.Sqrt(direction.Sum(d => (double)d * d));
            double wide = Quotient(fixture, metric, hook, value.Shape, direction, 0.04), narrow = Quotient(fixture, metric, hook, value.Shape, direction, 0.02);
            double met = ((4 * narrow) - wide) / 3;
            Assert.True(Math.Abs(met - expected) <= Tolerance * size, $"{hook}, direction {seed}: {expected:G6} by the gradient, {met:G6} by differences, of a size of {size:G4}");
        }
    }

    private static double Quotient(HuggingFaceFixture fixture, Metric metric, string hook, Shape shape, float[] direction, double width)
    {
        return (At(width) - At(-width)) / (2 * width);

        double At(double step)
        {
            using Tensor push = Tensor.From([.. direction.Select(d => (float)(step * d))], shape);
            Model pushed = fixture.Model.With(Intervention.Add(hook, push));
            using GradientRun run = pushed.Gradients(fixture.Tokens, metric, new GradientOptions());
            return run.Value;
        }
    }

    /// <summary>The gradient's own direction and a random one together, of length 1, so that the derivative along it is neither large nor small; 0 where a score is masked.</summary>
    private static float[] Direction(Tensor value, Tensor gradient, int seed)
    {
        SeededRandom random = new(seed);
        (float[] x, float[] g) = (value.ToArray(), gradient.ToArray());
        double length = Math.Sqrt(g.Sum(entry => (double)entry * entry));
        double[] direction = [.. g.Select((entry, i) => float.IsFinite(x[i]) ? (entry / length) + (random.NextNormal() / Math.Sqrt(g.Length)) : 0)];
        double norm = Math.Sqrt(direction.Sum(d => d * d));
        return [.. direction.Select(d => (float)(d / norm))];
    }
}
