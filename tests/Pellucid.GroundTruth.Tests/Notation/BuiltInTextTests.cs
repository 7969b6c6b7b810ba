namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>The built-in programs as text against the same in C#.</summary>
public sealed class BuiltInTextTests
{
    /// <summary>All names.</summary>
    public static TheoryData<string> Names => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void OfBuiltIn_EveryProgram_HasTheVariablesOfItsCSharpForm(string name)
    {
        (RaspProgram code, RaspProgram text) = Both(name);
        Assert.Equal(Structure(code), Structure(text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OfBuiltIn_EveryProgram_EvaluatesAsItsCSharpForm(string name)
    {
        (RaspProgram code, RaspProgram text) = Both(name);
        CompileOptions options = BuiltInPrograms.Get(name).Options;
        Random random = new(17);
        bool unique = name == "sort-unique";
        for (int i = 0; i < 50; i++)
        {
            int length = 1 + random.Next(unique ? options.Vocabulary.Count : options.Length);
            Value[] tokens = unique
                ? [.. options.Vocabulary.OrderBy(_ => random.Next()).Take(length)]
                : [.. Enumerable.Range(0, length).Select(_ => options.Vocabulary[random.Next(options.Vocabulary.Count)])];
            Assert.Equal(code.Evaluate(tokens).Output, text.Evaluate(tokens).Output);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_EveryTruncationOfEveryProgram_IsAProgramOrAnErrorWithAPlace(string name)
    {
        string text = RaspText.OfBuiltIn(name);
        CompileOptions options = BuiltInPrograms.Get(name).Options;
        int errors = 0;
        for (int length = 0; length < text.Length; length++)
        {
            try
            {
                RaspText.Parse(text[..length], options: options);
            }
            catch (RaspException exception)
            {
                Assert.NotNull(exception.Span);
                errors++;
            }
        }

        Assert.True(errors > text.Length / 3, $"{errors} of {text.Length}");
    }

    [Fact]
    public void Parse_TextWithoutItsFirstProgramOption_NamesTheVariable()
    {
        RaspException exception = Assert.Throws<RaspException>(() => RaspText.Parse(RaspText.OfBuiltIn("count")));
        Assert.Equal((2, 9, "vocabulary"), (exception.Span!.Line, exception.Span.Column, exception.Span.Text));
    }

    private static (RaspProgram Code, RaspProgram Text) Both(string name)
    {
        BuiltInProgram program = BuiltInPrograms.Get(name);
        return (program.Create(), RaspText.Parse(RaspText.OfBuiltIn(name), name, $"{name}.rasp", program.Options));
    }

    private static string[] Structure(RaspProgram program) =>
    [
        .. program.Graph.Variables.Select(variable =>
            $"{variable.Name} = {variable.Expression.KindName}({string.Join(", ", variable.Operands)}) {variable.Expression.Encoding}"),
    ];
}
