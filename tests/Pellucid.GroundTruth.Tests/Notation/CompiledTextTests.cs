using System.Runtime.InteropServices;
using Pellucid.Models;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>The text and the C# form of each program compile to the same network, bit for bit, and the same truth.</summary>
public sealed class CompiledTextTests
{
    [Theory]
    [MemberData(nameof(BuiltInTextTests.Names), MemberType = typeof(BuiltInTextTests))]
    public void Compile_TextOfABuiltInProgram_IsTheNetworkOfItsCSharpForm(string name)
    {
        BuiltInProgram builtIn = BuiltInPrograms.Get(name);
        using CompiledProgram code = CompiledProgram.Compile(name);
        using CompiledProgram text = CompiledProgram.Compile(RaspText.Parse(RaspText.OfBuiltIn(name), name, $"{name}.rasp", builtIn.Options), builtIn.Options);
        Assert.Equal(code.Model.Hash, text.Model.Hash);
        Assert.Equal(Bits(code), Bits(text));
        Assert.Equal(Facts(code.Truth), Facts(text.Truth));
    }

    [Theory]
    [InlineData("round(1 / aggregate(full_s, indicator(indices == 0)));")]
    [InlineData("def width(s) { at0 = select(indices, 0, ==); return round(1 / aggregate(s or at0, indicator(indices == 0))) - 1; } width(select(tokens, tokens, ==)) + aggregate(select(tokens, tokens, ==) and select(indices, 0, ==), 1, 0);")]
    [InlineData("up = select(indices, indices, <=); opens = round((indices + 1) * aggregate(up, indicator(tokens == \"a\"))); closes = round((indices + 1) * aggregate(up, indicator(tokens == \"b\"))); \"F\" if aggregate(up, indicator(opens - closes < 0)) > 0 else (\"T\" if opens == closes else \"P\");")]
    [InlineData("\"a\" in tokens;")]
    [InlineData("sort(tokens, tokens);")]
    [InlineData("reverse(tokens) == tokens;")]
    [InlineData("has_prev(tokens);")]
    [InlineData("mark_last_instance(tokens, \"a\");")]
    [InlineData("tokens[-1];")]
    [InlineData("aggregate(select_from_first(tokens, \"b\"), indices);")]
    [InlineData("aggregate(select_next_identical(tokens), indices);")]
    [InlineData("hist(tokens) if indices % 2 == 0 else selector_width(full_s, assume_bos=True);")]
    [InlineData("linear(frac_prevs(tokens == \"a\"), frac_prevs(tokens == \"b\"), 0.5, -2);")]
    [InlineData("average(indicator(tokens == \"a\"));")]
    [InlineData("mean(indices);")]
    [InlineData("map(lambda t, i, n: t if i == n - 1 else i, tokens, indices, length);")]
    [InlineData("{\"a\": 1, \"b\": 2}[tokens];")]
    [InlineData("selector_width(not (select(tokens, tokens, ==) or select(indices, indices, <)));")]
    [InlineData("shift_by(2, tokens);")]
    public void Compile_ProgramInRaspsManner_ComputesWhatItSays(string text)
    {
        CompileOptions options = new() { Vocabulary = ["a", "b", "c"], Length = 4 };
        foreach (CompileOptions one in new[] { options, options with { Causal = true } })
        {
            using CompiledProgram compiled = CompiledProgram.Compile(RaspText.Parse(text, options: one), one);
            CheckResult result = compiled.Check();
            Assert.Equal((3 + 9 + 27 + 81, 0), (result.Checked, result.Wrong));
            Assert.InRange(result.MaxError, 0, 1e-6); // means of four numbers in float32
        }
    }

    private static byte[] Bits(CompiledProgram compiled)
    {
        using ModelParameters parameters = compiled.Model.CopyParameters();
        return [.. parameters.Table.Points.SelectMany(point => MemoryMarshal.AsBytes(parameters[point.Name].AsSpan()).ToArray())];
    }

    private static string[] Facts(CompiledTruth truth) =>
    [
        string.Join(' ', truth.Blocks),
        string.Join(' ', truth.Basis),
        string.Join(' ', truth.Circuit.Nodes),
        string.Join(' ', truth.Circuit.Edges),
        .. truth.Variables.Select(variable =>
            $"{variable.Name} {variable.Encoding} {variable.WrittenBy} {variable.Hook} {string.Join(' ', variable.ReadBy)} {string.Join(' ', variable.Values)} "
            + string.Join(';', variable.Directions.Select(direction => string.Join(' ', direction)))),
    ];
}
