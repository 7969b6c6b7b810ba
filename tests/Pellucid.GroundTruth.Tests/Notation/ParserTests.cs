using Pellucid.GroundTruth.Notation;

namespace Pellucid.GroundTruth.Tests.Notation;

public sealed class ParserTests
{
    [Theory]
    [InlineData("a + b * c ^ d;", "a + (b * (c ^ d));")]
    [InlineData("a - b - c;", "(a - b) - c;")]
    [InlineData("a * b % c;", "(a * b) % c;")]
    [InlineData("a % (b * c);", "a % (b * c);")]
    [InlineData("a + 1 == b - 2;", "(a + 1) == (b - 2);")]
    [InlineData("a and b or c;", "(a and b) or c;")]
    [InlineData("a == b and not c;", "(a == b) and (not c);")]
    [InlineData("a + b in [c];", "(a + b) in [c];")]
    [InlineData("a if b in c else d;", "a if (b in c) else d;")]
    [InlineData("-a * b;", "(-a) * b;")]
    [InlineData("f(x)[0](y, n=1);", "f(x)[0](y, n=1);")]
    [InlineData("select(k, q, <=);", "select(k, q, <=);")]
    [InlineData("a, b = 1, 2;", "a, b = [1, 2];")]
    [InlineData("[x for x, y in zip(a, b)];", "[x for x, y in zip(a, b)];")]
    [InlineData("{1: 'a\"', \"k\": None};", "{1: 'a\"', \"k\": None};")]
    [InlineData("{x: 1 for x in y};", "{x: 1 for x in y};")]
    [InlineData("map(lambda x, y: x if y else 0, a, lambda: 1);", "map(lambda x, y: x if y else 0, a, lambda: 1);")]
    [InlineData("1.5e-3;.5;# comment\n1;", "0.0015;0.5;1;")]
    [InlineData("def f(x, y=1) { z = x; return z, y; } ;;", "def f(x, y=1) {    z = x;    return [z, y];}")]
    [InlineData("for a, b in c { d; }", "for a, b in c {    d;}")]
    [InlineData("x = 1", "x = 1;")]
    public void Parse_Text_GroupsAsRaspDoes(string text, string printed) =>
        Assert.Equal(printed, Printer.Print(Parser.Parse(new SourceText(text, null))).ReplaceLineEndings(""));

    [Theory]
    [InlineData("not a == b;", "not a")]
    [InlineData("not a in b;", "not a")]
    [InlineData("not a + b;", "not a")]
    [InlineData("a or b and c;", "a or b")]
    [InlineData("a in b and c;", "a in b")]
    [InlineData("c and a in b;", "a in b")]
    [InlineData("a in b if c else d;", "a in b")]
    [InlineData("-a ^ 2;", "-a")]
    [InlineData("a % b * c;", "b * c")]
    [InlineData("a == b in c;", "a == b")]
    [InlineData("a < b < c;", "<")]
    [InlineData("a ^ b ^ c;", "^")]
    [InlineData("a if b else c if d else e;", "if")]
    public void Parse_WhatRaspAndPythonGroupOtherwise_AsksForParentheses(string text, string at)
    {
        RaspException exception = Assert.Throws<RaspException>(() => Parser.Parse(new SourceText(text, null)));
        Assert.Equal(at, exception.Span!.Text);
        Assert.Contains("parenthes", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Span_OfAnOperatorWithParentheses_IncludesThem()
    {
        var statement = (Statement.Evaluation)Parser.Parse(new SourceText("(a + b) * (c);", null))[0];
        Assert.Equal(new TextSpan(0, 13), statement.Span);
        Assert.Equal(new TextSpan(1, 5), ((Syntax.Binary)statement.Value).Left.Span);
    }
}
