namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>What programs compute, by the interpreter of expressions.</summary>
public sealed class LoweringTests
{
    [Theory]
    [InlineData("tokens;", "a b", "a b")]
    [InlineData("indices + 1;", "a b c", "1 2 3")]
    [InlineData("x = 3 * indices; x - indices;", "a b c", "0 2 4")]
    [InlineData("length;", "a b c", "3 3 3")]
    [InlineData("same = select(tokens, tokens, ==); hist = selector_width(same);", "a b a", "2 1 2")]
    [InlineData("aggregate(select(indices, length - indices - 1, ==), tokens);", "a b c", "c b a")]
    [InlineData("reverse(tokens);", "a b c", "c b a")]
    [InlineData("aggregate(full_s, indicator(tokens == \"a\"));", "a b a b", "0.5 0.5 0.5 0.5")]
    [InlineData("frac_prevs(tokens == \"a\");", "a b", "1 0.5")]
    [InlineData("count(tokens, \"a\");", "a b a", "2 2 2")]
    [InlineData("\"a\" in tokens;", "b a", "true true")]
    [InlineData("tokens in [\"a\", \"c\"];", "a b c", "true false true")]
    [InlineData("not (tokens in [\"a\", \"c\"]) and indices > 0;", "a b c", "false true false")]
    [InlineData("\"T\" if tokens == \"a\" else \"F\";", "a b", "T F")]
    [InlineData("tokens if indices % 2 == 0 else \"-\";", "a b c", "a - c")]
    [InlineData("tokens if indices > 0 else indices;", "a b", "0 b")]
    [InlineData("sort(tokens, tokens);", "3 1 2 1", "1 1 2 3")]
    [InlineData("map(lambda x, y, z: x + y - z, tokens, tokens, indices);", "1 2 3", "2 3 4")]
    [InlineData("def f(x, y=2) { z = x * y; return z; } f(indices) + f(indices, y=1);", "a b c", "0 3 6")]
    [InlineData("s = 0; for i in range(3) { s = s + indices * i; } s;", "a b c", "0 3 6")]
    [InlineData("fs = []; for i in range(3) { fs = fs + [map(lambda x: x == i, indices)]; } fs[1];", "a b c", "false true false")]
    [InlineData("[a, b] = 3;", "a", "!")]
    [InlineData("a, b = tokens == \"a\", tokens == \"b\"; a or b;", "a b c", "true true false")]
    [InlineData("pairs = [\"()\", \"{}\"]; openers = [p[0] for p in pairs]; tokens in openers;", "( } {", "true false true")]
    [InlineData("d = {\"a\": 1, \"b\": 2}; d[tokens];", "a b c", "1 2 undefined")]
    [InlineData("tokens[0];", "a b c", "a a a")]
    [InlineData("tokens[-1];", "a b c", "c c c")]
    [InlineData("shift(tokens, 1, \"-\");", "a b c", "- a b")]
    [InlineData("shift_by(1, tokens);", "a b c", "undefined a b")]
    [InlineData("has_prev(tokens);", "a b a", "false false true")]
    [InlineData("selector_width(select(tokens, tokens, ==), assume_bos=True);", "a b a", "1 1 1")]
    [InlineData("mark_first_instance(tokens, \"a\");", "b a a", "false true false")]
    [InlineData("mark_last_instance(tokens, \"a\");", "b a a", "false false true")]
    [InlineData("max(indices, 1) - min([indices, 1]);", "a b c", "1 0 1")]
    [InlineData("round(indices / 2);", "a b c d", "0 0 1 2")]
    [InlineData("output = indices; tokens;", "a b", "0 1")]
    [InlineData("for a, b in zip([1, 2], [3, 4]) { x = indices * a + b; }", "a b", "4 6")]
    [InlineData("aggregate(select(indices, 0, ==) and select(tokens, \"b\", ==), 1, 0) > 0;", "b a", "true true")]
    [InlineData("-(2 ^ 3) + indices;", "a b", "-8 -7")]
    [InlineData("indicator(tokens == \"a\") + indices;", "a b", "1 1")]
    [InlineData("linear(frac_prevs(tokens == \"a\"), frac_prevs(tokens == \"b\"), 1, -1);", "a b", "1 0")]
    [InlineData("def fact(n) { return 1 if n == 0 else n * fact(n - 1); } indices * fact(5);", "a b", "0 120")]
    public void Parse_Program_ComputesAsRaspDoes(string text, string tokens, string expected)
    {
        if (expected == "!")
        {
            Assert.Throws<RaspException>(() => RaspText.Parse(text));
            return;
        }

        RaspProgram program = RaspText.Parse(text);
        Assert.Equal(expected, string.Join(' ', program.Evaluate([.. tokens.Split(' ').Select(Value.Parse)]).Output));
    }
}
