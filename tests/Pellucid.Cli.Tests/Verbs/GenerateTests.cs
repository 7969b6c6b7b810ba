using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Cli.Verbs;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class GenerateTests
{
    [Fact]
    public async Task Generate_EmptyPrompt_TellsTheModelsStoryGreedily()
    {
        JsonElement json = await Invocation.JsonOfAsync("generate", "stories260k", "", "--max-tokens", "30");
        Assert.Equal("prompt text ids tokens_per_second", Invocation.Keys(json));
        Assert.Equal("", json.GetProperty("prompt").GetString());
        Assert.StartsWith("Once upon a time, there was a little girl named Lily.", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(30, json.GetProperty("ids").GetArrayLength());
        Assert.True(json.GetProperty("tokens_per_second").GetDouble() > 0);
    }

    [Fact]
    public async Task Generate_WeightsBf16_TellsAStoryFromRoundedWeights()
    {
        JsonElement rounded = await Invocation.JsonOfAsync("generate", "stories260k", "", "--max-tokens", "30", "--weights", "bf16");
        Assert.StartsWith("Once upon a time, there was a little", rounded.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "--weights 'i4' is not f32, bf16 or q8.", await Invocation.FailureOfAsync(2, "generate", "stories260k", "x", "--weights", "i4"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_Processed_TellsTheSameStory()
    {
        string[] line = ["generate", "stories260k", "", "--max-tokens", "30"];
        JsonElement plain = await Invocation.JsonOfAsync(line), processed = await Invocation.JsonOfAsync([.. line, "--process", "standard"]);
        Assert.Equal(plain.GetProperty("text").GetString(), processed.GetProperty("text").GetString());
        Assert.Contains("center-writing", await Invocation.FailureOfAsync(1, [.. line, "--process", "fold-norms,center-writing"]), StringComparison.Ordinal);
        Assert.Contains("--process 'fold' is not standard", await Invocation.FailureOfAsync(2, [.. line, "--process", "fold"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_Prompt_GivesTheContinuationAlone()
    {
        JsonElement json = await Invocation.JsonOfAsync("generate", "stories260k", "Once upon a time", "--max-tokens", "8");
        Assert.Equal("Once upon a time", json.GetProperty("prompt").GetString());
        Assert.StartsWith(", there was a", json.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_SameSeed_GivesTheSameText()
    {
        string[] line = ["generate", "stories260k", "", "--temperature", "1", "--top-p", "0.9", "--max-tokens", "20", "--seed"];
        string? first = (await Invocation.JsonOfAsync([.. line, "7"])).GetProperty("text").GetString();
        Assert.Equal(first, (await Invocation.JsonOfAsync([.. line, "7"])).GetProperty("text").GetString());
        Assert.NotEqual(first, (await Invocation.JsonOfAsync([.. line, "8"])).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Generate_WithoutJson_StreamsTheSameTextAsTheDocumentHas()
    {
        string[] line = ["generate", "stories260k", "Lily", "--temperature", "1", "--top-k", "20", "--min-p", "0.02", "--repetition-penalty", "1.2", "--max-tokens", "25", "--seed", "3"];
        JsonElement json = await Invocation.JsonOfAsync(line);
        Invocation plain = await Invocation.OfAsync(line);
        Assert.Equal((0, json.GetProperty("text").GetString() + "\n"), (plain.ExitCode, plain.Output));
        Assert.Equal(25, json.GetProperty("ids").GetArrayLength());
        Assert.NotEqual(json.GetProperty("text").GetString(), (await Invocation.JsonOfAsync([.. line.Select(word => word == "20" ? "1" : word)])).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Generate_StopText_EndsBeforeIt()
    {
        JsonElement json = await Invocation.JsonOfAsync("generate", "stories260k", "", "--stop", "never", "--stop", " girl");
        Assert.Equal("Once upon a time, there was a little", json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Generate_ModelWithoutTokenizer_StartsFromBosWithNullText()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pellucid");
        try
        {
            string model = SlowModel.Write(Path.Combine(folder.FullName, "zeros.bin"));
            JsonElement json = await Invocation.JsonOfAsync("generate", model, "", "--max-tokens", "3");
            Assert.Equal(JsonValueKind.Null, json.GetProperty("text").ValueKind);
            Assert.Equal("[0,0,0]", json.GetProperty("ids").GetRawText());
            Assert.Equal("0,0,0\n", (await Invocation.OfAsync("generate", model, "", "--max-tokens", "3")).Output);
            Assert.Contains("no tokenizer", await Invocation.FailureOfAsync(1, "generate", model, "x"), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--", "--json")]
    [InlineData("@response")]
    [InlineData("- a list")]
    public async Task Generate_PromptThatLooksLikeAnOption_IsText(params string[] prompt)
    {
        Invocation invocation = await Invocation.OfAsync(["generate", "--max-tokens", "2", "stories260k", .. prompt]);
        Assert.Equal(0, invocation.ExitCode);
        Assert.False(invocation.Output.StartsWith('{'));
    }

    [Fact]
    public async Task Generate_UnknownModel_Returns1() =>
        Assert.Contains("nosuchmodel", await Invocation.FailureOfAsync(1, "generate", "nosuchmodel", "x"), StringComparison.Ordinal);

    [Fact]
    public async Task Generate_PromptLongerThanTheContext_Returns1() =>
        Assert.Contains("512", await Invocation.FailureOfAsync(1, "generate", "stories260k", string.Concat(Enumerable.Repeat("cat ", 1000))), StringComparison.Ordinal);

    [Fact]
    public async Task Generate_MissingDictionary_Returns1() =>
        Assert.Contains("nosuchfolder", await Invocation.FailureOfAsync(1, "generate", "stories260k", "x", "--clamp", "nosuchfolder:1=2"), StringComparison.Ordinal);

    [Theory]
    [InlineData("sae:12=-3.5", "sae", 12, -3.5f)]
    [InlineData("C:\\out\\a=b:7=1e1", "C:\\out\\a=b", 7, 10f)]
    public void ParseClamp_GoodText_ReadsFromTheRight(string text, string dictionary, int latent, float multiple) =>
        Assert.Equal(new Clamp(dictionary, latent, multiple), Clamp.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("sae")]
    [InlineData("sae:1")]
    [InlineData("sae=2")]
    [InlineData(":1=2")]
    [InlineData("sae:-1=2")]
    [InlineData("sae:1=")]
    [InlineData("sae:1=inf")]
    [InlineData("sae:99999999999=1")]
    [InlineData("=")]
    public void ParseClamp_MalformedText_GivesNothing(string text) => Assert.Null(Clamp.Parse(text));
}
