using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests;

public sealed class CircuitCheckTests
{
    public static TheoryData<string> Programs => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Run_TrueCircuitOfEveryProgram_Holds(string name)
    {
        using var compiled = CompiledProgram.Compile(name);

        CircuitCheckResult result = CircuitCheck.Run(compiled);

        Assert.Empty(result.Needless);
        Assert.InRange(result.OutsideCorrupted, 0, result.Tolerance);
        Assert.InRange(result.OutsideRestored, 0, result.Tolerance);
        Assert.InRange(result.CircuitRestored, 0, result.Tolerance);
        Assert.True(result.Differing >= result.Pairs / 4, $"only {result.Differing} of {result.Pairs} pairs differ");
        Assert.True(result.Holds);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Run_CircuitWithAnEdgeLeftOut_DoesNotHold(string name)
    {
        using var compiled = CompiledProgram.Compile(name);
        Circuit whole = compiled.Truth.Circuit;
        Circuit lacking = whole with { Edges = [.. whole.Edges.Skip(1)] };
        Assert.Equal("input", whole.Edges[0].Source);

        CircuitCheckResult result = CircuitCheck.Run(compiled, lacking, new CircuitCheckOptions { Rounds = 0 });

        Assert.False(result.Holds);
        Assert.True(result.OutsideCorrupted > 0.1, $"{result}");
        Assert.True(result.CircuitRestored > 0.1, $"{result}"); // the edge left out comes from the input
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Run_RandomEdgesOfTheSameNumber_DoNotKeepTheOutput(string name)
    {
        using var compiled = CompiledProgram.Compile(name);
        Circuit whole = compiled.Truth.Circuit;
        CircuitEdge[] all = [.. Circuit.AllEdges(whole.Nodes)];
        SeededRandom random = new(11);
        for (int trial = 0; trial < 3; trial++)
        {
            CircuitEdge[] drawn = [.. random.Sample(all.Length, whole.Edges.Count).Order().Select(edge => all[edge])];
            if (whole.Edges.All(drawn.Contains))
            {
                continue; // a small network has few edges
            }

            CircuitCheckResult result = CircuitCheck.Run(compiled, whole with { Edges = drawn }, new CircuitCheckOptions { Rounds = 0, Pairs = 32 });

            Assert.True(result.OutsideCorrupted > 0.1, $"{string.Join(' ', drawn.Select(edge => edge.ToString()))}: {result.OutsideCorrupted}");
            Assert.False(result.Holds);
        }
    }

    [Theory]
    [InlineData("histogram")]
    [InlineData("pair-balance")]
    [InlineData("detect-abc")]
    [InlineData("reverse")]
    public void Run_CausalNetwork_Holds(string name)
    {
        using var compiled = CompiledProgram.Compile(name, BuiltInPrograms.Get(name).Options with { Causal = true });

        CircuitCheckResult result = CircuitCheck.Run(compiled);

        Assert.Empty(result.Needless);
        Assert.True(result.Holds, $"{result}");
    }

    [Fact]
    public void Run_CircuitWithAnEdgeTooMany_FindsItNeedless()
    {
        using var compiled = CompiledProgram.Compile("reverse");
        Circuit whole = compiled.Truth.Circuit;
        CircuitEdge extra = new("m1", "a3.h0<v>");

        CircuitCheckResult result = CircuitCheck.Run(compiled, whole with { Edges = [.. whole.Edges, extra] }, new CircuitCheckOptions { Rounds = 4 });

        Assert.Equal([extra], result.Needless);
        Assert.False(result.Holds);
    }

    [Fact]
    public void AllEdges_OfSomeNodes_RunForwardOnly()
    {
        IReadOnlyList<CircuitEdge> edges = Circuit.AllEdges(["input", "a0.h0", "a0.h1", "m0", "logits"]);

        Assert.Equal(3 + 3 + 3 + 4, edges.Count);
        Assert.DoesNotContain(new CircuitEdge("a0.h0", "a0.h1<q>"), edges);
        Assert.Contains(new CircuitEdge("a0.h0", "m0"), edges);
    }

    [Fact]
    public void Circuit_OfHistogram_IsTheFourEdgesThatItReads()
    {
        using var compiled = CompiledProgram.Compile("histogram");

        Assert.Equal(["input->a0.h0<q>", "input->a0.h0<k>", "a0.h0->m0", "m0->logits"], compiled.Truth.Circuit.Edges.Select(edge => edge.ToString()));
    }
}
