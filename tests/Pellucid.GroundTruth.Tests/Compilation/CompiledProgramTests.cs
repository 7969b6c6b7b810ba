using Pellucid.GroundTruth.Compilation;
using Pellucid.Models;

namespace Pellucid.GroundTruth.Tests;

public sealed class CompiledProgramTests
{
    // Steps and one-hots are exact in float32; what is left is the rounding of means of up to ten terms.
    private const double Tolerance = 1e-6;

    public static TheoryData<string> Programs => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Check_EveryBuiltInProgram_EqualsTheInterpreter(string name)
    {
        using var compiled = CompiledProgram.Compile(name);

        CheckResult result = compiled.Check();

        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, Tolerance);
        Assert.Equal(Math.Min(5000, InputSpace.Total(compiled.Options)), result.Checked);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Check_EveryBuiltInProgramMadeCausal_EqualsTheCausalInterpreter(string name)
    {
        using var compiled = CompiledProgram.Compile(name, BuiltInPrograms.Get(name).Options with { Causal = true });

        CheckResult result = compiled.Check(new CheckOptions { Inputs = 500 });

        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Forward_EveryBuiltInProgramInDouble_IsExact(string name)
    {
        BuiltInProgram program = BuiltInPrograms.Get(name);
        var network = CraftNetwork.Build(program.Create(), program.Options);
        foreach (Value[] input in InputSpace.Of(program.Options, 300, seed: 1))
        {
            IReadOnlyList<Value> expected = network.Program.Evaluate(input).Output;
            double[][] residual = network.Forward(input);
            for (int p = 0; p < input.Length; p++)
            {
                double[] output = network.OutputOf(residual[p + 1]);
                double error = !expected[p].IsDefined ? 0
                    : network.Output.IsNumerical ? Math.Abs(output[0] - expected[p].Number)
                    : output.Zip(network.Output.Values, (coordinate, value) => Math.Abs(coordinate - (value == expected[p] ? 1 : 0))).Max();
                Assert.InRange(error, 0, 1e-12);
            }

            Assert.All(residual[0].Index().Where(entry => entry.Index != network.Basis.Bos && entry.Index != network.Basis.One), entry => Assert.Equal(0, entry.Item, 1e-12));
        }
    }

    [Fact]
    public void Run_Histogram_CountsEachToken()
    {
        using var compiled = CompiledProgram.Compile("histogram");

        Assert.Equal([3, 1, 3, 3], compiled.Run(["a", "b", "a", "a"]));
        Assert.Equal(["a", "b", "c", "d", "bos", "pad"], ((WordTokenizer)compiled.Model.Tokenizer!).Words);
    }

    [Fact]
    public void Run_NothingSelected_IsUndefined()
    {
        using var compiled = CompiledProgram.Compile("shift");

        Assert.Equal([Value.Undefined, "c"], compiled.Run(["c", "b"]));
    }

    [Fact]
    public void Run_ForeignTokenOrLongInput_SaysWhatIsExpected()
    {
        using var compiled = CompiledProgram.Compile("histogram");

        Assert.Contains("'z' is not in the vocabulary", Assert.Throws<RaspException>(() => compiled.Run(["z"])).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 5 tokens", Assert.Throws<RaspException>(() => compiled.Run([.. Enumerable.Repeat<Value>("a", 6)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NetworkOfAnotherProgram_IsFoundWrong()
    {
        using var histogram = CompiledProgram.Compile("histogram");
        RaspProgram length = BuiltInPrograms.Get("length").Create();
        using var mixed = new CompiledProgram(length, histogram.Options, histogram.Model, histogram.Truth);

        CheckResult result = mixed.Check();

        Assert.True(result.Wrong > 1000);
        Assert.Equal(1, result.MaxError);
    }

    [Fact]
    public void Compile_SelectorOverTwoKeys_SortsWithTies()
    {
        // Weiss et al. 2021 sort so: smaller keys, and of equal ones those before.
        Selector before = Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.Less)
            | (Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.Equal) & Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.Less));
        Expression target = Rasp.SelectorWidth(before).Named("target");
        Expression sorted = Rasp.Aggregate(Rasp.Select(target, Rasp.Indices, Comparison.Equal), Rasp.Tokens).Named("sorted");
        using var compiled = CompiledProgram.Compile(new RaspProgram("sort", sorted), new CompileOptions { Vocabulary = [3, 1, 2], Length = 4 });

        Assert.Equal([1, 1, 2, 3], compiled.Run([3, 1, 2, 1]));
        Assert.Equal(new CheckResult(0, 120, 0, 426), compiled.Check());
        Assert.True(CircuitCheck.Run(compiled).Holds);
    }

    [Fact]
    public void Compile_ConstantsAndNegatedSelectors_AreFolded()
    {
        Expression one = Rasp.Constant(1) + Rasp.Constant(0);
        Expression others = Rasp.SelectorWidth(!Rasp.Select(Rasp.Tokens, Rasp.Constant("a"), Comparison.Equal));
        using var compiled = CompiledProgram.Compile(new RaspProgram("others", (others + one).Named("out")), new CompileOptions { Vocabulary = ["a", "b"], Length = 4 });

        Assert.Equal([3, 3, 3], compiled.Run(["b", "a", "b"]));
        Assert.Equal(0, compiled.Check().Wrong);
    }

    [Fact]
    public void Compile_FractionThatNoVariableNames_IsToldApart()
    {
        // 2/3 is no v/n of a boolean v: the block takes every number that can be met.
        Expression fraction = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.True), (Rasp.Tokens == "a").Numerical());
        Expression isTwoThirds = Rasp.Map(fraction, x => x == 2.0 / 3);
        using var compiled = CompiledProgram.Compile(new RaspProgram("two-thirds", isTwoThirds), new CompileOptions { Vocabulary = ["a", "b"], Length = 7 });

        Assert.Equal([true, true, true], compiled.Run(["a", "b", "a"]));
        Assert.Equal(new CheckResult(0, 254, 0, 1538), compiled.Check());
    }

    [Fact]
    public void Compile_SameProgramTwice_GivesTheSameHash()
    {
        using var first = CompiledProgram.Compile("shuffle-dyck2");
        using var second = CompiledProgram.Compile("shuffle-dyck2");

        Assert.Equal(first.Model.Hash, second.Model.Hash);
        Assert.Equal(first.Truth.Basis, second.Truth.Basis);
    }

    [Fact]
    public void Compile_NegativeNumbersFromTokens_AreKept()
    {
        Expression value = Rasp.Map(Rasp.Tokens, x => x - 2).Numerical();
        Expression mean = Rasp.Aggregate(Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.True), value);
        using var compiled = CompiledProgram.Compile(new RaspProgram("mean", mean), new CompileOptions { Vocabulary = [0, 1, 2, 3, 4], Length = 4 });

        CheckResult result = compiled.Check();

        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, Tolerance);
    }

    [Fact]
    public void Compile_NumberOfANumber_IsWithinTheTolerance()
    {
        Expression fraction = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.LessOrEqual), (Rasp.Tokens == "a").Numerical());
        Expression square = Rasp.Map(fraction, x => x * x).Numerical();
        using var compiled = CompiledProgram.Compile(new RaspProgram("square", square), new CompileOptions { Vocabulary = ["a", "b"], Length = 6 });

        CheckResult result = compiled.Check();

        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, Tolerance);
    }
}
