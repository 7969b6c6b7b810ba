namespace Pellucid.GroundTruth.Tests.Compilation;

/// <summary>What an aggregate gives where nothing is selected, when the program says.</summary>
public sealed class AggregateDefaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-default").FullName;

    public static TheoryData<string> Names => [.. Programs.Keys];

    private static Selector Before { get; } = Rasp.Select(Rasp.Indices, Rasp.Indices, (key, query) => query == key + 1);

    private static Dictionary<string, Expression> Programs { get; } = new()
    {
        ["new-value"] = Rasp.Aggregate(Before, Rasp.Tokens, "-").Named("shifted"),
        ["known-value"] = Rasp.Aggregate(Before, Rasp.Tokens, "a").Named("shifted"),
        ["number"] = Rasp.Aggregate(Before, (Rasp.Tokens == "a").Numerical(), 0.5).Named("shifted"),
        ["negative-number"] = Rasp.Aggregate(Before, (Rasp.Tokens == "a").Numerical(), -2).Named("shifted"),
        ["mapped"] = Rasp.Map(Rasp.Aggregate(Before, Rasp.Tokens, "-"), x => x == "-" || x == "b").Named("starts"),
        ["selected"] = Rasp.SelectorWidth(Rasp.Select(Rasp.Aggregate(Before, Rasp.Tokens, "-").Named("shifted"), Rasp.Tokens, Comparison.Equal)).Named("count"),
        ["thresholds"] = Rasp.Map(Rasp.Aggregate(Before, (Rasp.Tokens == "a").Numerical(), 0.5), x => x > 0.25).Named("high"),
        ["beside-another"] = Rasp.SequenceMap(
            Rasp.Aggregate(Before, Rasp.Tokens, "-").Named("left"),
            Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, (key, query) => key == query + 1), Rasp.Tokens, "-").Named("right"),
            (left, right) => left == right).Named("same"),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Compile_AggregateWithDefault_IsExactAndItsCircuitHolds(string name)
    {
        foreach (bool causal in new[] { false, true })
        {
            using var compiled = CompiledProgram.Compile(new RaspProgram(name, Programs[name]), new CompileOptions { Vocabulary = ["a", "b"], Length = 5, Causal = causal });
            CheckResult check = compiled.Check();
            Assert.Equal((62, 0L, 258L), (check.Checked, check.Wrong, check.Positions)); // defined everywhere
            Assert.InRange(check.MaxError, 0, 1e-6);
            CircuitCheckResult circuit = CircuitCheck.Run(compiled);
            Assert.True(circuit.Holds || causal && name == "beside-another", circuit.ToString()); // nothing is to the right of a causal position: that side never matters
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task OpenAsync_AggregateWithDefault_ComputesTheSame(string name)
    {
        using var compiled = CompiledProgram.Compile(new RaspProgram(name, Programs[name]), new CompileOptions { Vocabulary = ["a", "b"], Length = 4 });
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        using CompiledProgram opened = await CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken);
        Assert.Equal(compiled.Program.Evaluate(["b", "a", "b"]).Output, opened.Program.Evaluate(["b", "a", "b"]).Output);
        Assert.Equal(0, opened.Check().Wrong);
    }

    [Fact]
    public void Compile_AggregateWithDefault_TakesOneHiddenUnit()
    {
        CompileOptions options = new() { Vocabulary = ["a", "b"], Length = 4 };
        using CompiledProgram with = CompiledProgram.Compile(new RaspProgram("with", Programs["new-value"]), options);
        using CompiledProgram without = CompiledProgram.Compile(new RaspProgram("without", Rasp.Aggregate(Before, Rasp.Tokens).Named("shifted")), options);
        Assert.Equal(["A1", "M1"], with.Truth.Blocks);
        Assert.Equal(["A1"], without.Truth.Blocks);
        Assert.Equal(without.Truth.Circuit.Nodes, with.Truth.Circuit.Nodes); // the unit computes nothing that ever differs
        Assert.Equal(without.Truth.Circuit.Edges, with.Truth.Circuit.Edges);
    }
}
