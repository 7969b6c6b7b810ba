using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Generation;

/// <summary>Generation with interventions equals full recomputation of the sequence at every step.</summary>
public sealed class InterventionGenerationTests
{
    /// <summary>The design's limit; the two ways sum the same numbers in another order.</summary>
    private const double Tolerance = 1e-4;
    private const int Steps = 12;

    private static readonly int[] Prompt = [1, 403, 407, 261, 378];

    public static TheoryData<string> Hooks => new(
        Hook.Embed, Hook.ResidPre(1), Hook.Ln1Scale(1), Hook.Ln1Normalized(1), Hook.Q(1), Hook.K(1), Hook.V(1), Hook.RotQ(1), Hook.RotK(1),
        Hook.AttnScores(1), Hook.Pattern(1), Hook.Z(1), Hook.Result(1), Hook.AttnOut(1), Hook.ResidMid(1), Hook.Ln2Scale(1), Hook.Ln2Normalized(1),
        Hook.MlpPre(1), Hook.MlpPreLinear(1), Hook.MlpPost(1), Hook.MlpOut(1), Hook.ResidPost(1), Hook.FinalScale, Hook.FinalNormalized);

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Generate_Scale_EqualsRecomputation(string hook) => EqualsRecomputation(Intervention.Scale(hook, 1.3f), cached: true);

    [Fact]
    public void Generate_NoIntervention_EqualsRecomputation() => EqualsRecomputation([], cached: true);

    [Fact]
    public void Generate_Zero_EqualsRecomputation()
    {
        EqualsRecomputation(Intervention.Zero(Hook.MlpOut(2)), cached: true);
        EqualsRecomputation(Intervention.Zero(Hook.Pattern(1)).ForHeads(2, 5), cached: true);
        EqualsRecomputation(Intervention.Zero(Hook.AttnScores(3)).At(Positions.From(2)), cached: true);
        EqualsRecomputation(Intervention.Zero(Hook.K(0)).At(Positions.At(3, 7)), cached: true);
        EqualsRecomputation(Intervention.Zero(Hook.MlpPost(2)).ForUnits(1, 2, 3).At(Positions.ExceptBos), cached: true);
    }

    [Fact]
    public void Generate_Mean_EqualsRecomputation()
    {
        using Tensor mean = Interventions.Numbers.Random(new Shape(64), 1);
        using Tensor heads = Interventions.Numbers.Random(new Shape(8, 8), 1);
        EqualsRecomputation(Intervention.Mean(Hook.AttnOut(2), mean), cached: true);
        EqualsRecomputation(Intervention.Mean(Hook.Z(1), heads).At(Positions.From(1)), cached: true);
    }

    [Fact]
    public void Generate_Add_EqualsRecomputation()
    {
        using Tensor vector = Interventions.Numbers.Random(new Shape(64), 2);
        EqualsRecomputation(Intervention.Add(Hook.ResidPost(2), vector, 1.5f).At(Positions.ExceptBos), cached: true);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Generate_ReplaceOfThePrompt_EqualsRecomputation(string hook)
    {
        using Run other = Stories.Model260K.Run(TokenBatch.Of([1, 300, 301, 302, 303]), new RunOptions { Capture = Capture.Of(hook) });
        EqualsRecomputation(Intervention.Replace(hook, other[hook]), cached: true);
    }

    [Fact]
    public void Generate_Custom_EqualsRecomputation() => EqualsRecomputation(
        Intervention.Custom(Hook.MlpPost(1), "relu", (ops, x, _) => ops.Relu(x)), cached: true);

    [Fact]
    public void Generate_CustomThatNeedsTheWholeSequence_SwitchesTheCacheOff()
    {
        // Each position gets the value of the first: a pass that sees only the last token could not know it.
        EqualsRecomputation(
            Intervention.Custom(
                Hook.ResidPost(1),
                "first",
                (ops, x, _) => ops.Add(x, ops.Own(ops.Own(x.Slice(1, 0, 1)).Reshape(new Shape(x.Shape.Width)))),
                needsWholeSequence: true),
            cached: false);
    }

    [Fact]
    public void Generate_Composed_EqualsRecomputation()
    {
        using Tensor vector = Interventions.Numbers.Random(new Shape(64), 3);
        EqualsRecomputation(
            [Intervention.Add(Hook.ResidMid(0), vector), Intervention.Zero(Hook.Result(1)).ForHeads(3), Intervention.Scale(Hook.FinalScale, 0.9f)],
            cached: true);
    }

    [Fact]
    public void Generate_ReplacementOfAnotherLengthThanThePrompt_IsRefused()
    {
        using Tensor value = Tensor.Zeros(new Shape(1, 4, 64));
        Assert.Throws<ShapeException>(() => Stories.Model260K.With(Intervention.Replace(Hook.ResidPost(1), value)).Generate([Prompt]));
    }

    private static void EqualsRecomputation(Intervention intervention, bool cached) => EqualsRecomputation([intervention], cached);

    private static void EqualsRecomputation(Intervention[] interventions, bool cached)
    {
        Model model = Stories.Model260K.With(interventions);
        GenerateOptions options = new() { MaxTokens = Steps };
        List<(int Position, int Id, float[] Logits)> kept = [.. Listed(model, options)], whole = [.. Listed(model, options with { UseCache = false })];
        Assert.NotEmpty(kept);
        Assert.Equal(whole.Select(step => (step.Position, step.Id)), kept.Select(step => (step.Position, step.Id)));
        for (int i = 0; i < kept.Count; i++)
        {
            Close.Equal(whole[i].Logits, kept[i].Logits, Tolerance, $"step {i}");
        }

        Assert.Equal(cached, model.Generate([Prompt], options)[0].UsedCache);
        Assert.False(model.Generate([Prompt], options with { UseCache = false })[0].UsedCache);
    }

    private static IEnumerable<(int Position, int Id, float[] Logits)> Listed(Model model, GenerateOptions options) =>
        model.GenerateSteps([Prompt], options).Select(step => (step.Position, step.Ids[0], step.Logits.ToArray()));
}
