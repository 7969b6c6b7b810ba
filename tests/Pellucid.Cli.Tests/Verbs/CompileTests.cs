using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.GroundTruth;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class CompileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Compile_BuiltInProgram_GivesSizesErrorAndCircuitAndAModelFolder()
    {
        string folder = _scratch["reverse"];
        JsonElement json = await Invocation.JsonOfAsync("compile", "reverse", "--out", folder);
        Assert.Equal("program layers d_model blocks max_error checked circuit variant accuracy parts", Invocation.Keys(json));
        Assert.Equal(("reverse", 4, 43), (json.GetProperty("program").GetString(), json.GetProperty("layers").GetInt32(), json.GetProperty("d_model").GetInt32()));
        Assert.Equal("""["A1","M12","M30","M10","A1"]""", json.GetProperty("blocks").GetRawText());
        Assert.InRange(json.GetProperty("max_error").GetDouble(), 0, 1e-6);
        Assert.Equal(4 + 16 + 64 + 256 + 1024, json.GetProperty("checked").GetInt32());
        JsonElement circuit = json.GetProperty("circuit");
        Assert.Equal("nodes edges", Invocation.Keys(circuit));
        string[] nodes = [.. circuit.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()!)];
        Assert.Equal(("input", "logits"), (nodes[0], nodes[^1]));
        Assert.All(circuit.GetProperty("edges").EnumerateArray(), edge =>
        {
            Assert.Equal("source target", Invocation.Keys(edge));
            Assert.Contains(edge.GetProperty("source").GetString(), nodes);
        });
        Assert.True(File.Exists(Path.Combine(folder, "truth.json")));
        JsonElement shown = await Invocation.JsonOfAsync("model", "show", folder);
        Assert.Equal(43, shown.GetProperty("config").GetProperty("d_model").GetInt32());
    }

    [Fact]
    public async Task Compile_Compress_GivesANetworkThatIsNarrowerAndRight()
    {
        JsonElement json = await Invocation.JsonOfAsync("compile", "histogram", "--compress", "11", "--out", _scratch["narrow"]);
        Assert.Equal(("compressed", 11), (json.GetProperty("variant").GetString(), json.GetProperty("d_model").GetInt32()));
        Assert.Equal(1, json.GetProperty("accuracy").GetDouble());
        Assert.Equal("[2,1,2]", (await Invocation.JsonOfAsync("program", _scratch["narrow"], "a,b,a")).GetProperty("output").GetRawText());
        foreach (string[] other in (string[][])[[], ["--compress", "12"]])
        {
            Assert.Contains("other options", await Invocation.FailureOfAsync(1, ["compile", "histogram", .. other, "--out", _scratch["narrow"]]), StringComparison.Ordinal);
        }

        Assert.Contains("Give 1 to 19", await Invocation.FailureOfAsync(1, "compile", "histogram", "--compress", "20", "--out", _scratch["wide"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_Train_SaysWhatEachPartDoes()
    {
        JsonElement json = await Invocation.JsonOfAsync("compile", "length", "--length", "2", "--vocabulary", "a,b", "--train", "--out", _scratch["trained"]);
        Assert.Equal("trained", json.GetProperty("variant").GetString());
        JsonElement[] parts = [.. json.GetProperty("parts").EnumerateArray()];
        Assert.Equal("node in_circuit accuracy", Invocation.Keys(parts[0]));
        Assert.Equal(["a0.h0", "m0"], parts.Where(part => part.GetProperty("in_circuit").GetBoolean()).Select(part => part.GetProperty("node").GetString()));
        Assert.All(parts, part => Assert.InRange(part.GetProperty("accuracy").GetDouble(), 0.95, 1));
    }

    [Fact]
    public async Task Compile_TextFile_IsTheNetworkOfTheBuiltInProgram()
    {
        string file = _scratch["mine.rasp"];
        await File.WriteAllTextAsync(file, RaspText.OfBuiltIn("histogram"), TestContext.Current.CancellationToken);
        await Invocation.JsonOfAsync("compile", file, "--vocabulary", "a,b,c,d", "--length", "5", "--out", _scratch["text"]);
        await Invocation.JsonOfAsync("compile", "histogram", "--out", _scratch["code"]);
        JsonElement text = await Invocation.JsonOfAsync("model", "show", _scratch["text"]), code = await Invocation.JsonOfAsync("model", "show", _scratch["code"]);
        Assert.Equal(code.GetProperty("hash").GetString(), text.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("reverse", "a,b,c", """["c","b","a"]""")]
    [InlineData("reverse", "a b  c", """["c","b","a"]""")]
    [InlineData("histogram", "a,b,a", "[2,1,2]")]
    [InlineData("shift", "a,b", """[null,"a"]""")]
    [InlineData("detect-ab", "a,b,a,b", "[null,true,false,true]")]
    [InlineData("fraction-of-previous", "x,y,x", "[1,0.5,0.6666667]")]
    [InlineData("sort", "3,1,2,1", "[1,1,2,3]")]
    public async Task Program_OfBuiltInProgram_GivesItsOutput(string program, string tokens, string expected)
    {
        string folder = _scratch[program];
        await Invocation.JsonOfAsync("compile", program, "--out", folder);
        JsonElement json = await Invocation.JsonOfAsync("program", folder, tokens);
        Assert.Equal("output", Invocation.Keys(json));
        Assert.Equal(expected, json.GetProperty("output").GetRawText());
        Assert.Equal(expected, (await Invocation.JsonOfAsync(["program", folder, .. tokens.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)])).GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Compile_WithVocabularyLengthAndCausal_TakesThem()
    {
        JsonElement json = await Invocation.JsonOfAsync("compile", "length", "--vocabulary", "x,1.5,y", "--length", "4", "--causal", "--out", _scratch["length"]);
        Assert.Equal(3 + 9 + 27 + 81, json.GetProperty("checked").GetInt32());
        JsonElement output = await Invocation.JsonOfAsync("program", _scratch["length"], "x,1.5,y");
        Assert.Equal("[1,2,3]", output.GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Compile_Text_ShowsTheProgram()
    {
        Assert.Equal(RaspText.OfBuiltIn("reverse"), (await Invocation.OfAsync("compile", "reverse", "--text")).Output);
        JsonElement json = await Invocation.JsonOfAsync("compile", "reverse", "--text");
        Assert.Equal(("program text", "reverse"), (Invocation.Keys(json), json.GetProperty("program").GetString()));
    }

    [Fact]
    public async Task Compile_Help_NamesEveryBuiltInProgram()
    {
        string help = string.Join(' ', (await Invocation.OfAsync("compile", "--help")).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(BuiltInPrograms.Programs, program => Assert.Contains(program.Name, help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compile_IntoAFolderThatHoldsAnother_IsRefused()
    {
        string folder = _scratch["network"];
        await Invocation.JsonOfAsync("compile", "shift", "--out", folder);
        await Invocation.JsonOfAsync("compile", "shift", "--out", folder);
        Assert.Contains("holds 'shift'", await Invocation.FailureOfAsync(1, "compile", "length", "--out", folder), StringComparison.Ordinal);
        Assert.Contains("holds 'shift'", await Invocation.FailureOfAsync(1, "compile", "shift", "--length", "3", "--out", folder), StringComparison.Ordinal);
        await Invocation.JsonOfAsync("program", folder, "a,b");
    }

    [Theory]
    [InlineData("x = tokens;\ny = tokns;\n", "wrong.rasp:2:5: in 'tokns': 'tokns' is not defined. Nearest: tokens")]
    [InlineData("x = (tokens;\n", "wrong.rasp:1:12: in ';': Expected ')'")]
    [InlineData("x = tokens + 1;\n", "wrong.rasp:1:5: in 'tokens + 1': '+' needs two numbers")]
    [InlineData("aggregate(tokens, tokens);\n", "wrong.rasp:1:11: in 'tokens': Expected a selector")]
    public async Task Compile_WrongProgram_PointsAtLineAndExpressionAndWritesNothing(string text, string expected)
    {
        string file = _scratch["wrong.rasp"];
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        string message = await Invocation.FailureOfAsync(1, "compile", file, "--vocabulary", "a,b", "--length", "3", "--out", _scratch["wrong"]);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch["wrong"]));
    }

    [Fact]
    public async Task Compile_SelectorOfTooManyDimensions_PointsAtIt()
    {
        string file = _scratch["large.rasp"];
        await File.WriteAllTextAsync(file, "k = map(lambda a, b: a * 100 + b, indices, indices);\nselector_width(select(k, k, ==) and\n    select(indices, k, <));\n", TestContext.Current.CancellationToken);
        string message = await Invocation.FailureOfAsync(1, "compile", file, "--vocabulary", "a,b", "--length", "30", "--out", _scratch["large"]);
        Assert.Contains("large.rasp:2:16: in 'select(k, k, ==) and select(indices, k, <)'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_AtATerminal_MarksThePlace()
    {
        string file = _scratch["wrong.rasp"];
        await File.WriteAllTextAsync(file, "x = 1;\ny = tokns + 1;\n", TestContext.Current.CancellationToken);
        using MemoryStream output = new();
        using StringWriter error = new();
        int code = await Cli.Frame.CommandLine.RunAsync(
            ["compile", file, "--vocabulary", "a,b", "--length", "3", "--out", _scratch["wrong"]], new Cli.Frame.Streams(output, error, true), TestContext.Current.CancellationToken);
        Assert.Equal(1, code);
        string[] lines = error.ToString().TrimEnd().Split('\n');
        Assert.Equal("  y = tokns + 1;", lines[^2].TrimEnd('\r'));
        Assert.Equal("      ^^^^^", lines[^1].TrimEnd('\r'));
    }

    [Theory]
    [InlineData(1, "Nearest: reverse", "compile", "revers", "--out", "{0}")]
    [InlineData(1, "no built-in program 'revers'", "compile", "revers", "--text")]
    [InlineData(2, "--out DIR", "compile", "reverse")]
    [InlineData(2, "Required argument missing for option: '--out'", "compile", "reverse", "--out")]
    [InlineData(2, "Required argument missing for option: '--compress'", "compile", "reverse", "--out", "{0}", "--compress")]
    [InlineData(2, "Required argument missing for option: '--vocabulary'", "compile", "{1}", "--out", "{0}", "--length", "2", "--vocabulary")]
    [InlineData(2, "--out DIR", "compile", "reverse", "--text=false")]
    [InlineData(2, "--out '' is not the name of a folder", "compile", "reverse", "--out", "")]
    [InlineData(2, "not both", "compile", "reverse", "--train", "--compress", "8", "--out", "{0}")]
    [InlineData(2, "needs --vocabulary and --length", "compile", "{1}", "--out", "{0}")]
    [InlineData(2, "needs --vocabulary and --length", "compile", "{1}", "--vocabulary", "a", "--out", "{0}")]
    [InlineData(2, "--vocabulary 'a,,b' is not tokens", "compile", "reverse", "--vocabulary", "a,,b", "--out", "{0}")]
    [InlineData(2, "--vocabulary 'a,a' is not tokens", "compile", "reverse", "--vocabulary", "a,a", "--out", "{0}")]
    [InlineData(2, "--length 'x' is not", "compile", "reverse", "--length", "x", "--out", "{0}")]
    [InlineData(2, "--length '0' is not", "compile", "reverse", "--length", "0", "--out", "{0}")]
    [InlineData(1, "is no folder", "program", "{0}/none", "a")]
    [InlineData(1, "has no truth.json", "program", "{0}/..", "a")]
    [InlineData(2, "Required argument missing", "program", "{0}")]
    public async Task BadInput_SaysSoInOneLine(int code, string expected, params string[] arguments)
    {
        await File.WriteAllTextAsync(_scratch["mine.rasp"], "tokens;", TestContext.Current.CancellationToken);
        string[] given = [.. arguments.Select(argument => argument.Replace("{0}", _scratch["out"], StringComparison.Ordinal).Replace("{1}", _scratch["mine.rasp"], StringComparison.Ordinal))];
        Assert.Contains(expected, await Invocation.FailureOfAsync(code, given), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("a,z", "The token 'z' is not in the program's vocabulary. It has a, b, c, d.")]
    [InlineData("abc", "Put commas between: a,b,c.")]
    [InlineData("a,b,c,d,a,b", "1 to 5 tokens")]
    [InlineData(",", "There are no tokens")]
    public async Task Program_WrongTokens_AreRefused(string tokens, string expected)
    {
        await Invocation.JsonOfAsync("compile", "shift", "--out", _scratch["shift"]);
        Assert.Contains(expected, await Invocation.FailureOfAsync(1, "program", _scratch["shift"], tokens), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
