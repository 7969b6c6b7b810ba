using System.Text.Json;
using System.Text.RegularExpressions;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

[Collection(StudyTests.Name)]
public sealed class QuickstartTests(StudyFixture study)
{
    private static readonly string[] Populations =
        ["latents", "untrained_latents", "neurons", "neurons_density_matched", "random_directions_density_matched"];

    [Fact]
    public void Quickstart_Json_HasTheFiguresOfTheDictionary()
    {
        JsonElement json = study.Result;
        Assert.Equal(
            "model hook tokens d_in d_sae k seed l0 variance_explained ce ce_zero ce_mean ce_spliced loss_recovered loss_recovered_mean dead_fraction "
            + "scores comparisons latents steering seconds report",
            Invocation.Keys(json));
        Assert.Equal(("stories260k", "blocks.2.mlp.hook_post"), (json.GetProperty("model").GetString(), json.GetProperty("hook").GetString()));
        Assert.Equal(12000, json.GetProperty("tokens").GetInt64());
        Assert.Equal((172, 128, 8), (json.GetProperty("d_in").GetInt32(), json.GetProperty("d_sae").GetInt32(), json.GetProperty("k").GetInt32()));
        Assert.InRange(Number(json, "l0"), 0.1, 8);
        Assert.InRange(Number(json, "variance_explained"), 0.1, 1);
        Assert.InRange(Number(json, "dead_fraction"), 0, 1);
        Assert.True(Number(json, "ce") < Number(json, "ce_spliced") && Number(json, "ce_spliced") < Number(json, "ce_zero"));
        Assert.Equal(
            (Number(json, "ce_zero") - Number(json, "ce_spliced")) / (Number(json, "ce_zero") - Number(json, "ce")), Number(json, "loss_recovered"), 1e-12);
        Assert.Equal(
            (Number(json, "ce_mean") - Number(json, "ce_spliced")) / (Number(json, "ce_mean") - Number(json, "ce")), Number(json, "loss_recovered_mean"), 1e-12);
        Assert.All(json.GetProperty("seconds").EnumerateObject(), stage => Assert.True(stage.Value.GetDouble() >= 0));
    }

    [Fact]
    public void Quickstart_Json_ScoresEveryPopulationByEveryExplainer()
    {
        JsonElement scores = study.Result.GetProperty("scores");
        Assert.Equal(string.Join(' ', Populations), Invocation.Keys(scores));
        foreach (JsonProperty population in scores.EnumerateObject())
        {
            Assert.Equal("pattern token_table", Invocation.Keys(population.Value));
            foreach (JsonProperty explainer in population.Value.EnumerateObject())
            {
                Assert.Equal("top_and_random top_and_random_ci random_only random_only_ci n n_undefined n_undefined_random_only median_density", Invocation.Keys(explainer.Value));
                int n = explainer.Value.GetProperty("n").GetInt32();
                Assert.Equal(100, n);
                Assert.InRange(explainer.Value.GetProperty("n_undefined").GetInt32(), 0, n);
                foreach (string score in (string[])["top_and_random", "random_only"])
                {
                    double[] ends = [.. explainer.Value.GetProperty(score + "_ci").EnumerateArray().Select(end => end.GetDouble())];
                    Assert.Equal(2, ends.Length);
                    Assert.InRange(ends[0], -1, ends[1]);
                    Assert.InRange(Number(explainer.Value, score), ends[0], ends[1]);
                    Assert.True(ends[1] <= 1);
                }
            }
        }
    }

    [Fact]
    public void Quickstart_Json_DescribesEachExplainedLatent()
    {
        JsonElement[] latents = [.. study.Result.GetProperty("latents").EnumerateArray()];
        Assert.Equal(study.Result.GetProperty("scores").GetProperty("latents").GetProperty("pattern").GetProperty("n").GetInt32(), latents.Length);
        Assert.Equal(latents.Length, latents.Select(latent => latent.GetProperty("index").GetInt32()).Distinct().Count());
        foreach (JsonElement latent in latents)
        {
            Assert.Equal(
                "index density explanation explanation_hash top_and_random random_only token_table_top_and_random causal_percentile causal_effect max",
                Invocation.Keys(latent));
            Assert.InRange(latent.GetProperty("index").GetInt32(), 0, 127);
            Assert.InRange(Number(latent, "density"), 0, 1);
            Assert.NotEqual("", latent.GetProperty("explanation").GetString());
            Assert.Matches("^[0-9a-f]{64}$", latent.GetProperty("explanation_hash").GetString());
            Assert.All((string[])["top_and_random", "random_only"], score => AssertNullOrWithin(latent.GetProperty(score), -1));
            AssertNullOrWithin(latent.GetProperty("causal_percentile"), 0);
        }

        // An undefined correlation counts as 0 in the mean.
        double mean = latents.Average(latent => latent.GetProperty("top_and_random") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : 0);
        Assert.Equal(mean, Number(study.Result.GetProperty("scores").GetProperty("latents").GetProperty("pattern"), "top_and_random"), 1e-9);
    }

    [Fact]
    public async Task Quickstart_Report_IsOnePageWithoutANetworkReference()
    {
        string path = study.Result.GetProperty("report").GetString()!;
        Assert.Equal(Path.Combine(study.Folder, "report.html"), path);
        string page = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.StartsWith("<!doctype html>", page, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("</html>", page.TrimEnd(), StringComparison.Ordinal);
        string tags = string.Concat(Regex.Matches(page, "<[^>]*>|<style.*?</style>|<script.*?</script>", RegexOptions.Singleline).Select(match => match.Value));
        foreach (string reference in (string[])["http:", "https:", "\"//", "@import", "url(", "<link", "<iframe", "<object", " src="])
        {
            Assert.DoesNotContain(reference, tags, StringComparison.OrdinalIgnoreCase);
        }

        Assert.All(Regex.Matches(tags, "href=\"?([^\" >]*)").Select(match => match.Groups[1].Value), link => Assert.StartsWith("#", link, StringComparison.Ordinal));
    }

    [Fact]
    public void Quickstart_Artifacts_EachHaveTheirProvenance()
    {
        Assert.All(
            (string[])[study.Folder, study.Store, study.Folder + "/store-held-out", study.Dictionary],
            folder => Assert.True(File.Exists(Path.Combine(folder, "provenance.json"))));
        Assert.DoesNotContain(PellucidProcess.Contents(study.Folder).Keys, file => file.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--seed", "1")]
    [InlineData("--tokens", "13000")]
    [InlineData("--tokens", "11000")]
    [InlineData("--latents", "127")]
    [InlineData("--k", "9")]
    public async Task Quickstart_FolderOfOtherOptions_SaysWhatDiffersAndChangesNothing(string option, string value)
    {
        SortedDictionary<string, string> before = PellucidProcess.Contents(study.Folder);
        string[] line = [.. StudyFixture.Line, "--out", study.Folder];
        int at = Array.IndexOf(line, option);
        string[] other = at < 0 ? [.. line, option, value] : [.. line[..(at + 1)], value, .. line[(at + 2)..]];
        string message = await Invocation.FailureOfAsync(1, other);
        Assert.Contains($"{option.TrimStart('-')} {value}", message, StringComparison.Ordinal);
        Assert.Contains("Choose another folder", message, StringComparison.Ordinal);
        Assert.Equal(before, PellucidProcess.Contents(study.Folder));
    }

    [Fact]
    public async Task Quickstart_SameFolderAgain_GoesOnFromItsArtifactsAndHeedsCtrlC()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        SortedDictionary<string, string> before = PellucidProcess.Contents(study.Folder);
        DateTime[] written = Times();
        await PellucidProcess.InterruptAsync("explain latents: ", [.. StudyFixture.Line, "--out", study.Folder, "--json"]);
        Assert.Equal(before, PellucidProcess.Contents(study.Folder));
        Assert.Equal(written, Times());

        DateTime[] Times() =>
            [.. ((string[])[study.Store + "/shard-00000.safetensors", study.Dictionary + "/sae_weights.safetensors"]).Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public async Task Quickstart_InterruptedAndRunAgain_EndsWithTheResultOfAnUndisturbedRun()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        using Scratch scratch = new();
        string[] line = [.. StudyFixture.Line, "--out", scratch["study"], "--json"];
        await PellucidProcess.InterruptAsync("train: ", line);
        using JsonDocument again = JsonDocument.Parse(await PellucidProcess.FinishAsync(line));
        foreach (JsonProperty member in study.Result.EnumerateObject().Where(member => member.Name is not ("seconds" or "report")))
        {
            Assert.Equal(member.Value.GetRawText(), again.RootElement.GetProperty(member.Name).GetRawText());
        }

        SortedDictionary<string, string> first = PellucidProcess.Contents(study.Folder), second = PellucidProcess.Contents(scratch["study"]);
        Assert.Equal(first.Keys, second.Keys);
        Assert.All(first.Where(file => file.Key != "report.html"), file => Assert.Equal(file.Value, second[file.Key])); // the report says how long it took
    }

    [Theory]
    [InlineData("--latents", "4", "--k", "8")]
    [InlineData("--latents", "2000000000", "--k", "8")]
    public async Task Quickstart_OptionsThatDoNotFit_AreRefusedBeforeAnythingIsWritten(params string[] options)
    {
        using Scratch scratch = new();
        Assert.Contains("do not fit together", await Invocation.FailureOfAsync(1, ["quickstart", "--tokens", "1000", "--out", scratch["study"], .. options]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch["study"]));
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static void AssertNullOrWithin(JsonElement element, double least)
    {
        if (element.ValueKind != JsonValueKind.Null)
        {
            Assert.InRange(element.GetDouble(), least, 1);
        }
    }
}
