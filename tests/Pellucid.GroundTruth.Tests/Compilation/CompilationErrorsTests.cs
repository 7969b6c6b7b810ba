namespace Pellucid.GroundTruth.Tests;

public sealed class CompilationErrorsTests
{
    private static readonly CompileOptions Letters = new() { Vocabulary = ["a", "b"], Length = 4 };

    private static readonly SourceSpan Here = new(3, 7, "the expression");

    private static Selector Everything => Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.True);

    private static Expression Number => (Rasp.Tokens == "a").Numerical();

    public static TheoryData<string, Expression> Wrong => new()
    {
        { "keys 'map' are numerical", Rasp.SelectorWidth(Rasp.Select(Number, Rasp.Tokens, Comparison.Equal)).At(Here) },
        { "categorical ones, but 'map' is numerical", Rasp.SequenceMap(Number, Rasp.Tokens, (x, y) => x).At(Here) },
        { "Make both .Numerical()", Rasp.LinearSequenceMap(Number, Rasp.Tokens == "a", 1, 1).At(Here) },
        { "What an aggregate takes", Rasp.Aggregate(Everything, Rasp.Tokens == "a").Numerical().At(Here) },
        { "it cannot be", Rasp.Aggregate(Everything, Number, Value.Of("x")).At(Here) },
        { "'+' needs two numbers, but met the text 'a'", (Rasp.Tokens + 1).At(Here) },
        { "A numerical variable holds numbers", Rasp.Map(Rasp.Tokens, x => x).Numerical().At(Here) },
        { "it selects the text 'a' and the text 'b' at once", Rasp.Aggregate(Everything, Rasp.Tokens).At(Here) },
        { "undefined for every value", Rasp.Map(Rasp.Indices, x => x / 0).At(Here) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Compile_TypeThatDoesNotFit_PointsAtTheExpression(string problem, Expression expression)
    {
        RaspException error = Assert.Throws<RaspException>(() => CompiledProgram.Compile(new RaspProgram("wrong", expression), Letters));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("line 3, column 7: in 'the expression': ", error.Message, StringComparison.Ordinal);
        Assert.Equal(Here, error.Span);
    }

    [Fact]
    public void Compile_SelectorOverTooManyDimensions_SaysNumberAndLimit()
    {
        Selector selector = (Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.Equal) & Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.Less)).At(Here);
        var options = new CompileOptions { Vocabulary = [.. Enumerable.Range(0, 60).Select(i => (Value)i)], Length = 40 };

        RaspException error = Assert.Throws<RaspException>(() => CompiledProgram.Compile(new RaspProgram("big", Rasp.SelectorWidth(selector)), options));

        Assert.Contains("needs 2400 dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 1024", error.Message, StringComparison.Ordinal);
        Assert.Equal(Here, error.Span);
    }

    [Fact]
    public void Compile_PairsOfTooManyValues_SaysNumberAndLimit()
    {
        Expression product = (Rasp.Tokens * Rasp.Indices).At(Here);
        var options = new CompileOptions { Vocabulary = [.. Enumerable.Range(0, 500).Select(i => (Value)i)], Length = 60 };

        RaspException error = Assert.Throws<RaspException>(() => CompiledProgram.Compile(new RaspProgram("big", product), options));

        Assert.Contains("500 × 60 = 30000 dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 16384", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_CategoricalMeanOfDifferentNumbers_GivesAnInput()
    {
        Expression mean = Rasp.Aggregate(Everything, Rasp.Tokens).At(Here);

        RaspException error = Assert.Throws<RaspException>(() =>
            CompiledProgram.Compile(new RaspProgram("mean", mean), new CompileOptions { Vocabulary = [1, 2], Length = 3 }));

        Assert.Contains("With the input '1 2' it selects the number 1 and the number 2 at once", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_TokenTwiceOrNamedAsBos_IsRefused()
    {
        Assert.Throws<RaspException>(() => CompiledProgram.Compile("histogram", new CompileOptions { Vocabulary = ["a", "a"], Length = 3 }));
        Assert.Throws<RaspException>(() => CompiledProgram.Compile("histogram", new CompileOptions { Vocabulary = ["a", "bos"], Length = 3 }));
        Assert.Throws<RaspException>(() => CompiledProgram.Compile("histogram", new CompileOptions { Vocabulary = ["a"], Length = 0 }));
        Assert.Throws<RaspException>(() => CompiledProgram.Compile("histogram", new CompileOptions { Vocabulary = ["a"], Length = 1024 }));
        Assert.Contains("fraction-of-previous", Assert.Throws<RaspException>(() => CompiledProgram.Compile("no such")).Message, StringComparison.Ordinal);
    }
}
