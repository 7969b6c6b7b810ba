using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Gradients;

/// <summary>Interventions take part in a gradient, or stop it.</summary>
public sealed class InterventionGradientTests
{
    private static readonly HuggingFaceFixture Fixture = HuggingFaceFixture.Of("llama");
    private static readonly Metric Difference = Metric.LogitDifference(5, 7);
    private static readonly GradientOptions AtStart = new() { At = Capture.Of(Hook.ResidPre(0)) };

    public static TheoryData<string> Frozen => [Hook.AttnOut(0), Hook.Pattern(1), Hook.Z(1), Hook.MlpPost(0), Hook.ResidMid(1), Hook.K(2), Hook.Ln2Scale(1), Hook.AttnScores(0)];

    [Theory]
    [MemberData(nameof(Frozen))]
    public void Freeze_AtHook_GivesTheGradientOfTheRunWhereThatActivationIsGiven(string hook) => Same(hook, intervention => intervention);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Freeze_ForPlaces_StopsTheGradientThereAlone(int way) => Same(
        way == 0 ? Hook.Pattern(1) : Hook.Z(1),
        intervention => way switch { 0 => intervention.ForHeads(1, 2), 1 => intervention.At(Positions.At(3, 16)), _ => intervention.ForHeads(3).ForUnits(0, 11) });

    [Fact]
    public void Freeze_OfTheOnlyWay_LeavesZeros()
    {
        Model frozen = Fixture.Model.With(Intervention.Freeze(Hook.ResidMid(1)));
        using GradientRun run = frozen.Gradients(Fixture.Tokens, Difference, AtStart with { At = Capture.Of(Hook.ResidPre(0), Hook.ResidMid(1)) });
        Assert.All(run[Hook.ResidPre(0)].ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(run[Hook.ResidMid(1)].ToArray(), value => value != 0);
        using GradientRun whole = Fixture.Model.Gradients(Fixture.Tokens, Difference, AtStart);
        Assert.Equal(whole.Value, run.Value);
    }

    [Fact]
    public void Freeze_OfTheOnlyWay_LeavesParametersBehindItWithZeros()
    {
        Model frozen = Fixture.Model.With(Intervention.Freeze(Hook.ResidPost(2)));
        using GradientRun run = frozen.Gradients(Fixture.Tokens, Metric.Loss, new GradientOptions { Parameters = ParameterSet.Of("blocks.2.mlp.W_out", "ln_final.w") });
        Assert.All(run.Parameter("blocks.2.mlp.W_out").ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(run.Parameter("ln_final.w").ToArray(), value => value != 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_ThroughInterventions_IsHowTheMetricAnswersToAPush(bool recompute)
    {
        using Tensor vector = Tensor.From([.. Enumerable.Range(0, 48).Select(i => 0.3f * MathF.Sin(i))], new Shape(48));
        using Tensor mean = Tensor.From([.. Enumerable.Range(0, 80).Select(i => 0.2f * MathF.Cos(i))], new Shape(80));
        Model model = Fixture.Model.With(
            Intervention.Scale(Hook.Pattern(0), 0.7f).ForHeads(0, 2),
            Intervention.Add(Hook.ResidMid(0), vector, 2).At(Positions.From(4)),
            Intervention.Mean(Hook.MlpPost(0), mean).ForUnits(1, 5, 79),
            Intervention.Zero(Hook.Z(1)).ForHeads(3).At(Positions.At(2, 9)),
            Intervention.Custom(Hook.MlpPost(1), "square", static (ops, x, _) => ops.Multiply(x, x)),
            Intervention.Custom(Hook.ResidPost(1), "softened", static (ops, x, _) => ops.Custom("tanh", Tanh, TanhBackward, x)));
        using GradientRun run = model.Gradients(Fixture.Tokens, Difference, AtStart with { Recompute = recompute });
        Tensor gradient = run[Hook.ResidPre(0)];
        double length = Math.Sqrt(gradient.ToArray().Sum(g => (double)g * g)), quotient = 0;
        foreach ((double width, double weight) in ((double, double)[])[(0.004, 4.0 / 3), (0.008, -1.0 / 3)])
        {
            using Tensor push = Tensor.From([.. gradient.ToArray().Select(g => (float)(width * g / length))], gradient.Shape);
            quotient += weight * (Value(model, push, 1) - Value(model, push, -1)) / (2 * width);
        }

        Assert.Equal(length, quotient, 2e-3 * length); // along the gradient itself, where the metric bends; float32 leaves 1e-5 of so steep a difference
    }

    [Fact]
    public void Gradient_AtHookWithIntervention_IsThatOfWhatTheInterventionLeft()
    {
        Model scaled = Fixture.Model.With(Intervention.Scale(Hook.MlpOut(1), 3));
        GradientOptions options = new() { At = Capture.Of(Hook.MlpOut(1), Hook.ResidPost(1)) };
        using GradientRun run = scaled.Gradients(Fixture.Tokens, Difference, options);
        Assert.Equal(run[Hook.ResidPost(1)].ToArray(), run[Hook.MlpOut(1)].ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_CustomThatComputesOutsideOfTheOperations_IsRefusedByName(bool recompute)
    {
        foreach (Func<Ops, Tensor, Tensor> outside in (Func<Ops, Tensor, Tensor>[])[static (ops, x) => ops.Own(x.Copy()), static (ops, x) => ops.Own(x.Slice(0, 0, 2))])
        {
            Intervention lost = Intervention.Custom(Hook.MlpPost(1), "copied by hand", (ops, x, _) => outside(ops, x));
            Model model = Fixture.Model.With(lost);
            PellucidException error = Assert.Throws<PellucidException>(() => model.Gradients(Fixture.Tokens, Difference, AtStart with { Recompute = recompute }));
            Assert.Contains("'copied by hand' at blocks.1.mlp.hook_post has no backward", error.Message, StringComparison.Ordinal);
            Close.IsOneLine(error);
            using GradientRun behind = model.Gradients(Fixture.Tokens, Difference, AtStart with { At = Capture.Of(Hook.MlpPost(1)), Recompute = recompute });
            Assert.Contains(behind[Hook.MlpPost(1)].ToArray(), value => value != 0);
            Model frozen = Fixture.Model.With(Intervention.Freeze(Hook.MlpPost(1)), lost);
            using GradientRun run = frozen.Gradients(Fixture.Tokens, Difference, AtStart with { Recompute = recompute });
            Assert.Contains(run[Hook.ResidPre(0)].ToArray(), value => value != 0);
        }
    }

    [Fact]
    public void Run_WithFreeze_IsTheRunWithout()
    {
        using Run frozen = Fixture.Model.With(Intervention.Freeze(Hook.Z(0))).Run(Fixture.Tokens), whole = Fixture.Model.Run(Fixture.Tokens);
        Assert.Equal(whole.Logits.ToArray(), frozen.Logits.ToArray());
    }

    private static void Same(string hook, Func<Intervention, Intervention> at)
    {
        using Run clean = Fixture.Model.Run(Fixture.Tokens, new RunOptions { Capture = Capture.Of(hook), Logits = LogitsWanted.None });
        using GradientRun frozen = Fixture.Model.With(at(Intervention.Freeze(hook))).Gradients(Fixture.Tokens, Difference, AtStart);
        using GradientRun given = Fixture.Model.With(at(Intervention.Replace(hook, clean[hook]))).Gradients(Fixture.Tokens, Difference, AtStart);
        using GradientRun free = Fixture.Model.Gradients(Fixture.Tokens, Difference, AtStart);
        float largest = given[Hook.ResidPre(0)].ToArray().Max(Math.Abs);
        Close.Equal(given[Hook.ResidPre(0)], frozen[Hook.ResidPre(0)], 1e-4 * largest, hook); // the same sums, some of them in another order
        Assert.Contains(free[Hook.ResidPre(0)].ToArray().Zip(frozen[Hook.ResidPre(0)].ToArray()), pair => Math.Abs(pair.First - pair.Second) > 1e-3 * largest);
    }

    private static double Value(Model model, Tensor push, int sign)
    {
        Model pushed = new[] { Intervention.Add(Hook.ResidPre(0), push, sign) }.Concat(model.Interventions).Aggregate(Fixture.Model, (made, next) => made.With(next));
        using GradientRun run = pushed.Gradients(Fixture.Tokens, Difference, new GradientOptions());
        return run.Value;
    }

    private static Tensor Tanh(Ops ops, IReadOnlyList<Tensor> operands) =>
        ops.Own(Tensor.From([.. operands[0].ToArray().Select(MathF.Tanh)], operands[0].Shape));

    private static IReadOnlyList<Tensor> TanhBackward(Ops ops, IReadOnlyList<Tensor> operands, Tensor result, Tensor gradient) =>
        [ops.Subtract(gradient, ops.Multiply(gradient, ops.Multiply(result, result)))];
}
