using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

[Collection(StudyTests.Name)]
public sealed class ClampTests(StudyFixture study)
{
    private int Steered => study.Result.GetProperty("steering").GetProperty("latent").GetInt32();

    [Fact]
    public async Task Generate_Clamped_TellsWhatQuickstartsSteeringTold()
    {
        JsonElement[] texts = [.. study.Result.GetProperty("steering").GetProperty("texts").EnumerateArray()];
        Assert.Equal(4, texts.Length);
        foreach (JsonElement told in texts)
        {
            JsonElement multiple = told.GetProperty("multiple");
            string[] clamp = multiple.ValueKind == JsonValueKind.Null ? [] : ["--clamp", $"{study.Dictionary}:{Steered}={multiple.GetRawText()}"];
            JsonElement json = await Invocation.JsonOfAsync(["generate", "stories260k", "Once upon a time", "--max-tokens", "80", .. clamp]);
            Assert.Equal("prompt text ids tokens_per_second", Invocation.Keys(json));
            Assert.Equal(told.GetProperty("text").GetString(), json.GetProperty("text").GetString());
        }

        Assert.True(texts.Select(told => told.GetProperty("text").GetString()).Distinct().Count() > 2);
    }

    [Fact]
    public async Task Generate_ClampedToZeroBelowZeroAndTwice_Continues()
    {
        string plain = await TextAsync();
        string silenced = await TextAsync($"{Steered}=0"), driven = await TextAsync($"{Steered}=2"), reversed = await TextAsync($"{Steered}=-2");
        Assert.NotEqual(plain, driven);
        Assert.NotEqual(plain, reversed);
        Assert.NotEqual(driven, reversed);
        Assert.NotEqual(driven, silenced);
        Assert.NotEqual("", await TextAsync($"{Steered}=2", "0=3"));
    }

    [Theory]
    [InlineData("128=1", "There is no latent 128")]
    [InlineData("2147483647=1", "There is no latent 2147483647")]
    [InlineData("0=3e38", "NaN or infinity")]
    public async Task Generate_ClampThatCannotBe_Returns1(string clamp, string expected) =>
        Assert.Contains(expected, await Invocation.FailureOfAsync(1, "generate", "stories260k", "Once", "--clamp", $"{study.Dictionary}:{clamp}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("0=nan")]
    [InlineData("0=")]
    [InlineData("0")]
    [InlineData("-1=2")]
    [InlineData("1.5=2")]
    public async Task Generate_MalformedClamp_Returns2(string clamp) =>
        Assert.Contains("DICT:LATENT=MULTIPLE", await Invocation.FailureOfAsync(2, "generate", "stories260k", "Once", "--clamp", $"{study.Dictionary}:{clamp}"), StringComparison.Ordinal);

    [Fact]
    public async Task Generate_ClampOfAnotherModel_Returns1()
    {
        using Scratch scratch = new();
        string twin = OtherModels.Twin(scratch), tiny = OtherModels.Tiny(scratch), clamp = $"{study.Dictionary}:0=1";
        Assert.Contains("checkpoints differ", await Invocation.FailureOfAsync(1, "generate", twin, "Once", "--clamp", clamp), StringComparison.Ordinal);
        Assert.Contains("'blocks.2.mlp.hook_post' is not in this model", await Invocation.FailureOfAsync(1, "generate", tiny, "", "--clamp", clamp), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blocks.9.mlp.hook_post", "is not in this model (5 blocks)")]
    [InlineData("blocks.2.hook_resid_post", "A dictionary of width 172 does not fit")]
    public async Task Generate_ClampAtAnotherHook_Returns1(string hook, string expected)
    {
        using Scratch scratch = new();
        string dictionary = scratch.Copy(study.Dictionary, "dictionary"), config = Path.Combine(dictionary, "cfg.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, Token)).Replace("blocks.2.mlp.hook_post", hook, StringComparison.Ordinal), Token);
        Assert.Contains(expected, await Invocation.FailureOfAsync(1, "generate", "stories260k", "Once", "--clamp", $"{dictionary}:0=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_ClampWithoutStatistics_SaysWhatIsMissing()
    {
        using Scratch scratch = new();
        string dictionary = scratch.Copy(study.Dictionary, "dictionary");
        File.Delete(Path.Combine(dictionary, "statistics.safetensors"));
        Assert.Contains("statistics.safetensors", await Invocation.FailureOfAsync(1, "generate", "stories260k", "Once", "--clamp", $"{dictionary}:0=1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cfg.json")]
    [InlineData("sae_weights.safetensors")]
    [InlineData("statistics.safetensors")]
    [InlineData("provenance.json")]
    public async Task Generate_ClampWithACutFile_NamesIt(string name)
    {
        using Scratch scratch = new();
        string dictionary = scratch.Copy(study.Dictionary, "dictionary");
        Scratch.Cut(Path.Combine(dictionary, name), 100);
        Assert.Contains(name, await Invocation.FailureOfAsync(1, "generate", "stories260k", "Once", "--clamp", $"{dictionary}:0=1"), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string> TextAsync(params string[] clamps)
    {
        string[] options = [.. clamps.SelectMany(clamp => (string[])["--clamp", $"{study.Dictionary}:{clamp}"])];
        return (await Invocation.JsonOfAsync(["generate", "stories260k", "Once upon a time", "--max-tokens", "30", .. options])).GetProperty("text").GetString()!;
    }
}
