using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Variants;

public sealed class InterchangeTrainerTests
{
    /// <summary>Interchange tells what a part computes: the compiled network has every variable where the truth says, and a random one of the same form has none.</summary>
    [Theory]
    [InlineData("histogram")]
    [InlineData("sort-unique")]
    [InlineData("reverse")]
    [InlineData("detect-ab")]
    [InlineData("fraction-of-previous")]
    public void Check_CompiledNetwork_IsRightForEveryPart(string name)
    {
        using var program = CompiledProgram.Compile(name);
        InterchangeCheckResult check = Check(program);
        Assert.Equal(1, check.Accuracy);
        Assert.NotEmpty(check.Inside);
        Assert.All(check.Inside, part => Assert.Equal(1, part.Accuracy));
        Assert.All(check.Outside, part => Assert.Equal(1, part.Accuracy));
    }

    [Fact]
    public void Train_SortUnique_PutsEachVariableIntoItsPart()
    {
        using var program = CompiledProgram.Compile("sort-unique");
        using CompiledProgram untrained = Train(program, new InterchangeTrainingOptions { Rounds = 1 });
        using CompiledProgram trained = Train(program, new InterchangeTrainingOptions { Rounds = 800 });
        InterchangeCheckResult before = Check(untrained), after = Check(trained);
        Assert.InRange(before.Accuracy, 0, 0.6);
        Assert.InRange(after.Accuracy, 0.98, 1);
        Assert.Equal(["a0.h0", "m0", "a1.h0"], after.Inside.Select(part => part.Node));
        Assert.All(before.Inside, part => Assert.InRange(part.Accuracy, 0, 0.6));
        Assert.All(after.Inside, part => Assert.InRange(part.Accuracy, 0.95, 1));
        Assert.Equal(7, after.Outside.Count); // three heads of each layer, and the second MLP
        Assert.All(after.Outside, part => Assert.InRange(part.Accuracy, 0.95, 1));
        Assert.Equal(ProgramVariant.Trained, trained.Truth.Variant);
        Assert.All(trained.Truth.Variables, variable => Assert.Empty(variable.Directions));
    }

    /// <summary>The check tells parts from one another: a truth that names the head beside the one that was trained for the variable is found wrong.</summary>
    [Fact]
    public void Check_TruthThatNamesAnotherHead_IsWrong()
    {
        using var histogram = CompiledProgram.Compile("histogram");
        using CompiledProgram trained = Train(histogram, new InterchangeTrainingOptions { Rounds = 600 });
        CompiledTruth swapped = trained.Truth with
        {
            Variables = [.. trained.Truth.Variables.Select(variable => variable.CountedBy is null ? variable : variable with { CountedBy = "a0.h1" })],
            Circuit = new Circuit([.. trained.Truth.Circuit.Nodes.Select(node => node == "a0.h0" ? "a0.h1" : node)], []),
        };
        CompiledProgram wrong = new(trained.Program, trained.Options, trained.Model, swapped); // borrows the network of the other
        InterchangeCheckResult right = Check(trained), other = Check(wrong);
        Assert.InRange(right.Inside.Single(part => part.Node == "a0.h0").Accuracy, 0.75, 1);
        Assert.InRange(other.Inside.Single(part => part.Node == "a0.h1").Accuracy, 0, 0.6);
    }

    [Fact]
    public void Train_TheSameSeed_GivesTheSameBits()
    {
        using var program = CompiledProgram.Compile("shift");
        InterchangeTrainingOptions options = new() { Rounds = 10, Batch = 8, Seed = 3 };
        using CompiledProgram first = Train(program, options), second = Train(program, options);
        using CompiledProgram other = Train(program, options with { Seed = 4 });
        Assert.Equal(first.Model.Hash, second.Model.Hash);
        Assert.NotEqual(first.Model.Hash, other.Model.Hash);
    }

    [Theory]
    [InlineData(30, 4, "30 with 4 heads")]
    [InlineData(32, 1, "are too few")]
    public void Train_SizesThatDoNotFit_AreRefused(int width, int heads, string problem)
    {
        using var program = CompiledProgram.Compile("pair-balance");
        PellucidException error = Assert.Throws<PellucidException>(() => Train(program, new InterchangeTrainingOptions { Width = width, Heads = heads }));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Stopped_Throws()
    {
        using var program = CompiledProgram.Compile("shift");
        Assert.Throws<OperationCanceledException>(() => InterchangeTrainer.Train(program, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static CompiledProgram Train(CompiledProgram program, InterchangeTrainingOptions options) =>
        InterchangeTrainer.Train(program, options, cancellationToken: TestContext.Current.CancellationToken);

    private static InterchangeCheckResult Check(CompiledProgram program) =>
        InterchangeCheck.Run(program, pairs: 256, cancellationToken: TestContext.Current.CancellationToken);
}
