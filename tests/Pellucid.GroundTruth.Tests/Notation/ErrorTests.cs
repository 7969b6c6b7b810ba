namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>Errors name the line, the column, the expression and what to do.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("x = tokns;", 1, 5, "tokns", "Nearest: tokens")]
    [InlineData("a = 1;\nb = select(tokens, tokens, ==) and\n    tokens;", 3, 5, "tokens", "an s-op")]
    [InlineData("select(tokens, tokens);", 1, 1, "select(tokens, tokens)", "takes 3 arguments, and 2 are given")]
    [InlineData("selector_width(tokens);", 1, 16, "tokens", "Expected a selector")]
    [InlineData("aggregate(tokens, tokens);", 1, 11, "tokens", "Expected a selector")]
    [InlineData("aggregate(full_s, full_s);", 1, 19, "full_s", "Expected an s-op")]
    [InlineData("aggregate(full_s, tokens, d=1);", 1, 29, "1", "no parameter 'd'")]
    [InlineData("aggregate(full_s, tokens, selector=1);", 1, 36, "1", "given twice")]
    [InlineData("tokens + full_s;", 1, 1, "tokens + full_s", "a selector")]
    [InlineData("1 + \"a\";", 1, 1, "1 + \"a\"", "two numbers")]
    [InlineData("x = \"abc;\ntokens;", 1, 5, "\"abc;", "no end")]
    [InlineData("x = (tokens + 1;", 1, 16, ";", "Expected ')'")]
    [InlineData("x = (tokens + 1", 1, 5, "(", "never closed")]
    [InlineData("x = [1, 2", 1, 5, "[", "never closed")]
    [InlineData("def f(x) {\n  y = x;\n", 1, 10, "{", "never closed")]
    [InlineData("def f(x) { y = x; }", 1, 19, "}", "returns nothing")]
    [InlineData("x = 1\ny = 2;", 1, 6, "x = 1", "Expected ';'")]
    [InlineData("x = ;", 1, 5, ";", "Expected an expression")]
    [InlineData("x = 3 = 4;", 1, 6, "x = 3 = 4;", "'=='")]
    [InlineData("f(x) = 4;", 1, 1, "f(x)", "Only a variable")]
    [InlineData("x = tokens & 1;", 1, 12, "&", "'and'")]
    [InlineData("x = tokens § 1;", 1, 12, "§", "not of the language")]
    [InlineData("draw(tokens);", 1, 1, "draw", "command of RASP's prompt")]
    [InlineData("set example \"hello\"", 1, 1, "set", "command of RASP's prompt")]
    [InlineData("examples off", 1, 1, "examples", "command of RASP's prompt")]
    [InlineData("load \"paper\";", 1, 1, "load", "one text")]
    [InlineData("if tokens { }", 1, 1, "if", "no 'if' statement")]
    [InlineData("return tokens;", 1, 1, "return", "last statement of a 'def'")]
    [InlineData("def = 3;", 1, 5, "=", "a name for the function")]
    [InlineData("and = 3;", 1, 1, "and", "Expected an expression")]
    [InlineData("for in x { }", 1, 5, "in", "word of the language")]
    [InlineData("tokens(\"abc\");", 1, 1, "tokens", "no function")]
    [InlineData("x = 12abc;", 1, 5, "12a", "number")]
    [InlineData("x = 1e999;", 1, 5, "1e999", "too large")]
    [InlineData("a, b = [1, 2, 3];", 1, 8, "[1, 2, 3]", "2 variables (a, b) and 3 values")]
    [InlineData("[1, 2][5];", 1, 8, "5", "no item 5")]
    [InlineData("{\"a\": 1}[\"b\"];", 1, 10, "\"b\"", "no key b")]
    [InlineData("for x in tokens { y = x; }", 1, 10, "tokens", "no items")]
    [InlineData("for x in [1, tokns] { y = x; }", 1, 14, "tokns", "not defined")]
    [InlineData("linear(tokens, indices);", 1, 8, "tokens", "numerical")]
    [InlineData("map(3, tokens);", 1, 5, "3", "Expected a function")]
    [InlineData("map(lambda x: x, tokens, indices);", 1, 1, "map(lambda x: x, tokens, indices)", "2 values")]
    [InlineData("x = 3;", 1, 5, "3", "The output of a program is an s-op")]
    [InlineData("full_s;", 1, 1, "full_s", "this is a selector")]
    [InlineData("# nothing\n", 2, 1, "", "no output")]
    [InlineData("def f(x) { return g(x); }\nf(tokens);", 1, 19, "g", "not defined")]
    [InlineData("f = lambda x: y;\nmap(f, 3);", 1, 15, "y", "not defined")]
    [InlineData("sort(tokens, full_s);", 1, 1, "sort(tokens, full_s)", "Expected an s-op")]
    [InlineData("range(1, 2, 0);", 1, 13, "0", "not 0")]
    [InlineData("zip([1], [2, 3]);", 1, 10, "[2, 3]", "one length")]
    public void Parse_WrongProgram_PointsAtTheExpression(string text, int line, int column, string expression, string says)
    {
        RaspException exception = Assert.Throws<RaspException>(() => RaspText.Parse(text));
        Assert.Equal((line, column, expression), (exception.Span!.Line, exception.Span.Column, exception.Span.Text));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("x = tokens;\nx + 1;", "a", 2, "x + 1")]
    [InlineData("indices + 1;\nselect(tokens, indices, <);\naggregate(select(tokens, indices, <), tokens);", "a", 3, "select(tokens, indices, <)")]
    [InlineData("map(lambda x:\n x + 1, tokens);", "a", 2, "x + 1")]
    [InlineData("x = \"b\" + tokens;\nx * 2;", "a", 2, "x * 2")]
    [InlineData("def f(x) { return f(x); }\nmap(f, indices);", "a", 1, "f")]
    [InlineData("def f(n) { return sum([i for i in range(n)]); }\nmap(lambda x: f(100000), indices);", "a", 1, "range(n)")]
    public void Evaluate_TypeThatDoesNotFit_PointsAtTheExpression(string text, string tokens, int line, string expression)
    {
        RaspProgram program = RaspText.Parse(text);
        RaspException exception = Assert.Throws<RaspException>(() => program.Evaluate([.. tokens.Split(' ').Select(Value.Parse)]));
        Assert.Equal((line, expression), (exception.Span!.Line, exception.Span.Text));
    }
}
