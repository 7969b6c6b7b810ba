using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Interventions;

/// <summary>Every kind at every hook: what is captured there is the expected value, everything made before is untouched to the bit.</summary>
public sealed class InterventionTests
{
    /// <summary>
    /// Of values of size 10 after one multiplication and one addition in float32; of logits, a share of the largest, since the explicit
    /// operations round in other places than the fused ones and each rounding is a share of the value.
    /// </summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Hooks => Numbers.Hooks;

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Zero_AtAnyHook_SetsItToZero(string hook) => Changes(Intervention.Zero(hook), (_, _) => 0);

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Mean_AtAnyHook_SetsEveryPositionToOneValue(string hook)
    {
        using Tensor mean = Numbers.Random(new Shape(Width(hook)), 3);
        Changes(Intervention.Mean(hook, mean), (index, _) => mean[index[^1]]);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Replace_AtAnyHook_PutsTheValueThere(string hook)
    {
        using Tensor value = Numbers.Random(Numbers.Undisturbed[hook].Shape, 4);
        Changes(Intervention.Replace(hook, value), (index, _) => value[index]);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Add_AtAnyHook_AddsTheVectorTimesItsFactor(string hook)
    {
        using Tensor vector = Numbers.Random(new Shape(Width(hook)), 5);
        Changes(Intervention.Add(hook, vector, 2.5f), (index, x) => x + (2.5f * vector[index[^1]]));
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Scale_AtAnyHook_Multiplies(string hook) => Changes(Intervention.Scale(hook, -0.5f), (_, x) => x * -0.5f);

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Custom_AtAnyHook_AppliesTheExpression(string hook) =>
        Changes(Intervention.Custom(hook, "square", (ops, x, _) => ops.Multiply(x, x)), (_, x) => x * x);

    [Theory]
    [MemberData(nameof(Hooks))]
    public void At_Positions_ChangesOnlyThere(string hook)
    {
        int axis = Numbers.Model.Hooks[hook].PositionAxis;
        Changes(Intervention.Zero(hook).At(Positions.At(1, 4)), (index, x) => index[axis] is 1 or 4 ? 0 : x);
        Changes(Intervention.Zero(hook).At(Positions.From(3)), (index, x) => index[axis] >= 3 ? 0 : x);
        Changes(Intervention.Zero(hook).At(Positions.ExceptBos), (index, x) => index[axis] > 0 ? 0 : x);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void ForUnits_OfAnyHook_ChangesOnlyThose(string hook)
    {
        int last = Width(hook) - 1;
        Changes(Intervention.Zero(hook).ForUnits(0, last), (index, x) => index[^1] == 0 || index[^1] == last ? 0 : x);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void ForHeads_WhereThereAreHeads_ChangesOnlyThose(string hook)
    {
        HookPoint point = Numbers.Model.Hooks[hook];
        if (point.HeadAxis < 0)
        {
            Assert.Throws<ShapeException>(() => Numbers.Model.With(Intervention.Zero(hook).ForHeads(0)));
            return;
        }

        Changes(
            Intervention.Zero(hook).ForHeads(1).At(Positions.From(2)).ForUnits(0),
            (index, x) => index[point.HeadAxis] == 1 && index[point.PositionAxis] >= 2 && index[^1] == 0 ? 0 : x);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Scale_ByOneAtAnyHook_LeavesLogits(string hook)
    {
        // The undisturbed run takes the fused operations, this one the explicit ones at its hook.
        TokenBatch tokens = TokenBatch.Of([1, 403, 407, 261, 378, 9, 77, 300, 12]);
        using Run fused = Stories.Model260K.Run(tokens);
        using Run same = Stories.Model260K.With(Intervention.Scale(hook, 1)).Run(tokens);
        Close.Equal(fused.Logits, same.Logits, Tolerance * LargestFinite(fused.Logits), hook);
    }

    private static int Width(string hook) => Numbers.Model.Hooks[hook].Width is var width and > 0 ? width : Numbers.Positions;

    private static void Changes(Intervention intervention, Func<int[], float, float> change)
    {
        string hook = intervention.Hook;
        using Run run = Numbers.Model.With(intervention).Run(Numbers.Tokens, Numbers.KeepAll);
        foreach (HookPoint before in Numbers.Model.Hooks.Points.TakeWhile(point => point.Name != hook))
        {
            Close.Equal(Numbers.Undisturbed[before.Name], run[before.Name], 0, $"{before.Name}, before {intervention.Kind} at {hook}");
        }

        Close.Equal(Numbers.Changed(hook, change), run[hook].ToArray(), Tolerance, $"{intervention.Kind} at {hook}");
        Assert.True(Close.Differs(Numbers.Undisturbed.Logits, run.Logits), $"{intervention.Kind} at {hook} changes no logits");
        using Run fused = Numbers.Model.With(intervention).Run(Numbers.Tokens);
        Close.Equal(run.Logits, fused.Logits, Tolerance * LargestFinite(run.Logits), $"logits of {intervention.Kind} at {hook} without captures");
    }

    private static double LargestFinite(Tensor tensor) => tensor.ToArray().Where(float.IsFinite).Select(Math.Abs).Append(1).Max();
}
