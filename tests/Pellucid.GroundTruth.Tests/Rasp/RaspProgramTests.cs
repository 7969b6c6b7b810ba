namespace Pellucid.GroundTruth.Tests;

public sealed class RaspProgramTests
{
    private static readonly Value[] Letters = ["a", "b", "a"];

    [Fact]
    public void Evaluate_Histogram_CountsEachToken()
    {
        RaspProgram program = BuiltInPrograms.Get("histogram").Create();

        Assert.Equal([2, 1, 2], program.Evaluate(Letters).Output);
        Assert.Equal([1, 1, 2], program.Evaluate(Letters, new EvaluationOptions { Causal = true }).Output);
    }

    [Fact]
    public void Evaluate_OperatorsAndNames_GiveEveryVariable()
    {
        Expression isA = (Rasp.Tokens == "a").Named("is_a");
        Expression late = (Rasp.Indices >= 1).Named("late");
        var program = new RaspProgram("both", (isA & late).Named("out"));

        RaspEvaluation evaluation = program.Evaluate(Letters);

        Assert.Equal(["tokens", "is_a", "indices", "late", "out"], program.Variables);
        Assert.Equal([true, false, true], evaluation["is_a"]);
        Assert.Equal([false, true, true], evaluation["late"]);
        Assert.Equal([false, false, true], evaluation.Output);
    }

    [Fact]
    public void Evaluate_Intervention_ReachesWhatIsMadeOfIt()
    {
        RaspProgram program = BuiltInPrograms.Get("reverse").Create();
        var options = new EvaluationOptions { Interventions = new Dictionary<string, IReadOnlyList<Value>> { ["opp_idx-1"] = [0, 1, 2] } };

        Assert.Equal(["a", "b", "c"], program.Evaluate(["a", "b", "c"], options).Output);
        Assert.Equal(["c", "b", "a"], program.Evaluate(["a", "b", "c"]).Output);
    }

    [Fact]
    public void Evaluate_UnknownVariableOrOtherLength_IsRefused()
    {
        RaspProgram program = BuiltInPrograms.Get("reverse").Create();

        Assert.Contains("opp_idx", Assert.Throws<RaspException>(() => program.Evaluate(Letters, Setting("none", 1, 2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("1 values for an input of 3", Assert.Throws<RaspException>(() => program.Evaluate(Letters, Setting("opp_idx", 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_UndefinedValues_StayUndefined()
    {
        Expression half = Rasp.Map(Rasp.Indices, x => 1 / x).Named("half");
        Expression sum = Rasp.SequenceMap(half, Rasp.Indices, (x, y) => x + y).Named("sum");
        Expression width = Rasp.SelectorWidth(Rasp.Select(half, Rasp.Indices, Comparison.NotEqual) | Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.True));

        Assert.Equal([Value.Undefined, 2, 2.5], new RaspProgram("sum", sum).Evaluate(Letters).Output);
        Assert.Equal([2, 2, 2], new RaspProgram("width", width).Evaluate(Letters).Output);
    }

    [Fact]
    public void Evaluate_AbsentPosition_IsSeenByNothing()
    {
        Assert.Equal([2, 0, 2], new RaspProgram("length", Rasp.Length).Evaluate(["a", Value.Undefined, "b"]).Output);
    }

    [Fact]
    public void Evaluate_CategoricalMixture_IsUndefinedAndNumericalItsMean()
    {
        Selector all = Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.True);
        Value[] numbers = [1, 2, 3];

        Assert.All(new RaspProgram("mixture", Rasp.Aggregate(all, Rasp.Tokens)).Evaluate(numbers).Output, value => Assert.False(value.IsDefined));
        Assert.Equal([2, 2, 2], new RaspProgram("mean", Rasp.Aggregate(all, Rasp.Tokens.Numerical())).Evaluate(numbers).Output);
        Assert.Equal([1, 1, 1], new RaspProgram("same", Rasp.Aggregate(all, Rasp.Tokens)).Evaluate([1, 1, 1]).Output);
    }

    [Fact]
    public void Variables_UnnamedAndEqualNames_AreToldApartByTheGraphAlone()
    {
        static RaspProgram Made(bool lastFirst)
        {
            Expression? second = lastFirst ? Rasp.Tokens == "b" : null;
            Expression first = Rasp.Tokens == "a";
            second ??= Rasp.Tokens == "b";
            return new RaspProgram("p", ((first & second) | first.Named("map")).Named("one"));
        }

        Assert.Equal(["tokens", "map_2", "map_3", "sequence_map", "map", "one_2"], Made(false).Variables);
        Assert.Equal(Made(false).Variables, Made(true).Variables);
    }

    [Fact]
    public void Evaluate_NaryMap_SeesAllVariables()
    {
        RaspProgram program = BuiltInPrograms.Get("nary-map").Create();

        Assert.Equal([2, 3, 4], program.Evaluate([1, 2, 3]).Output);
    }

    private static EvaluationOptions Setting(string variable, params Value[] values) =>
        new() { Interventions = new Dictionary<string, IReadOnlyList<Value>> { [variable] = values } };
}
