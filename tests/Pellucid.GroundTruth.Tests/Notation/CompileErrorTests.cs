namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>What cannot become a network is refused at its place in the text.</summary>
public sealed class CompileErrorTests
{
    private static readonly CompileOptions Letters = new() { Vocabulary = ["a", "b", "c"], Length = 4 };

    [Theory]
    [InlineData("x = tokens + 1;\nx;", 1, "tokens + 1")]
    [InlineData("y = 3;\nselect_few = select(tokens, indices, <);\nselector_width(select_few);", 2, "select(tokens, indices, <)")]
    [InlineData("a = indices * 1000 + indices;\nb = a * 1000 + a * 7;\nb;", 2, "a * 1000 + a * 7")]
    [InlineData("aggregate(full_s, tokens);", 1, "aggregate(full_s, tokens)")]
    [InlineData("x = numerical(tokens);\nx;", 1, "numerical(tokens)")]
    [InlineData("n = numerical(indices);\naggregate(full_s, n, \"-\");", 2, "aggregate(full_s, n, \"-\")")]
    [InlineData("x = map(lambda a, b, c: a, indices, tokens, tokens);\ns = select(tokens, x, <);\naggregate(s, tokens);", 2, "select(tokens, x, <)")]
    [InlineData("k = map(lambda t, i: str(t) + str(i), tokens, indices);\nq = map(lambda a, b: a + b, k, k);\nselector_width(select(q, q, ==) and select(q, k, ==));", 3, "select(q, q, ==) and select(q, k, ==)")]
    public void Build_ProgramThatNoNetworkComputes_PointsAtTheExpression(string text, int line, string expression)
    {
        RaspProgram program = RaspText.Parse(text, "wrong", "wrong.rasp", Letters);
        CompileOptions options = text.Contains("1000", StringComparison.Ordinal) ? Letters with { Length = 12 } : Letters;
        RaspException exception = Assert.Throws<RaspException>(() => CompiledProgram.Compile(program, options));
        Assert.Equal((line, expression), (exception.Span?.Line, exception.Span?.Text));
        Assert.StartsWith($"wrong.rasp:{line}:", exception.Message, StringComparison.Ordinal);
    }
}
