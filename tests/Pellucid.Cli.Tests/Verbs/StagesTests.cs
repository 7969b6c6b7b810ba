using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

/// <summary>harvest, train, evaluate and explain, one after another as a user goes.</summary>
[Collection(StudyTests.Name)]
public sealed class StagesTests(StudyFixture study)
{
    [Fact]
    public async Task Harvest_Json_SaysWhatTheStoreHolds()
    {
        using Scratch scratch = new();
        string[] line = ["harvest", "stories260k", "tinystories", "--at", "blocks.1.hook_resid_post", "--tokens", "1000", "--storage", "bf16", "--out", scratch["store"]];
        JsonElement json = await Invocation.JsonOfAsync(line);
        Assert.Equal("out model hook width tokens sequences shards", Invocation.Keys(json));
        Assert.Equal((scratch["store"], "stories260k", "blocks.1.hook_resid_post"), (Text(json, "out"), Text(json, "model"), Text(json, "hook")));
        Assert.Equal((64, 1000, 1), (json.GetProperty("width").GetInt32(), json.GetProperty("tokens").GetInt64(), json.GetProperty("shards").GetInt32()));
        Assert.Equal(json.GetRawText(), (await Invocation.JsonOfAsync(line)).GetRawText());
        Assert.Contains("500 were asked for", await Invocation.FailureOfAsync(1, [.. line.Select(word => word == "1000" ? "500" : word)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Harvest_SampledCorpus_GivesAStore()
    {
        using Scratch scratch = new();
        JsonElement json = await Invocation.JsonOfAsync(
            "harvest", "stories260k", "self:3:5", "--documents", "all", "--at", "hook_embed", "--length", "32", "--cut", "--out", scratch["store"]);
        Assert.Equal((3, 93), (json.GetProperty("sequences").GetInt32(), json.GetProperty("tokens").GetInt32()));
    }

    [Fact]
    public async Task Harvest_Processed_SaysSoInTheStore()
    {
        using Scratch scratch = new();
        string[] line = ["harvest", "stories260k", "self:2:5", "--documents", "all", "--at", "hook_embed", "--length", "32", "--cut", "--out"];
        await Invocation.JsonOfAsync([.. line, scratch["plain"]]);
        await Invocation.JsonOfAsync([.. line, scratch["processed"], "--process", "fold-norms"]);
        string[] folders = ["plain", "processed"];
        JsonElement[] records = Array.ConvertAll(folders, name => JsonElement.Parse(File.ReadAllText(Path.Combine(scratch[name], "provenance.json"))));
        Assert.False(records[0].TryGetProperty("processing", out _));
        Assert.Equal("fold-norms", Text(records[1], "processing"));
        Assert.NotEqual(Text(records[0], "model_hash"), Text(records[1], "model_hash"));
    }

    [Fact]
    public async Task Train_Json_SaysWhatWasTrained()
    {
        using Scratch scratch = new();
        string[] line = ["train", study.Store, "--recipe", "topk", "--latents", "64", "--k", "4", "--epochs", "0.5", "--seed", "3", "--out", scratch["dictionary"]];
        JsonElement json = await Invocation.JsonOfAsync(line);
        Assert.Equal("out recipe hook d_in d_sae k dead_fraction", Invocation.Keys(json));
        Assert.Equal((scratch["dictionary"], "topk", "blocks.2.mlp.hook_post"), (Text(json, "out"), Text(json, "recipe"), Text(json, "hook")));
        Assert.Equal((172, 64, 4), (json.GetProperty("d_in").GetInt32(), json.GetProperty("d_sae").GetInt32(), json.GetProperty("k").GetInt32()));
        Assert.InRange(json.GetProperty("dead_fraction").GetDouble(), 0, 1);
        Invocation again = await Invocation.OfAsync(line);
        Assert.Equal((0, scratch["dictionary"]), (again.ExitCode, again.Output.Trim()));
        Assert.Contains("trained before", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("variance explained 0.000", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Json_AgreesWithQuickstart()
    {
        JsonElement json = await Invocation.JsonOfAsync("evaluate", study.Dictionary, "stories260k", "tinystories", "--cut");
        Assert.Equal(
            "tokens documents l0 variance_explained cosine ce ce_zero ce_mean ce_spliced loss_recovered loss_recovered_ci loss_recovered_mean "
            + "loss_recovered_mean_ci dead_fraction dense_fraction",
            Invocation.Keys(json));
        foreach (string name in (string[])["l0", "variance_explained", "ce", "ce_zero", "ce_mean", "ce_spliced", "loss_recovered", "loss_recovered_mean", "dead_fraction"])
        {
            Assert.Equal(study.Result.GetProperty(name).GetDouble(), json.GetProperty(name).GetDouble(), 1e-9);
        }

        double[] ends = [.. json.GetProperty("loss_recovered_ci").EnumerateArray().Select(end => end.GetDouble())];
        Assert.InRange(json.GetProperty("loss_recovered").GetDouble(), ends[0], ends[1]);
        Assert.Equal(100, json.GetProperty("documents").GetInt32());
    }

    [Fact]
    public async Task Evaluate_OneDocument_HasNoIntervals()
    {
        JsonElement json = await Invocation.JsonOfAsync("evaluate", study.Dictionary, "stories260k", "tinystories", "--tokens", "1");
        Assert.Equal(1, json.GetProperty("documents").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("loss_recovered_ci").ValueKind);
    }

    [Fact]
    public async Task Explain_Latents_GivesScoresUnitsAndFiles()
    {
        using Scratch scratch = new();
        string[] line = ["explain", study.Dictionary, study.Store, "--units", "3-6", "--out", scratch["explanations"]];
        JsonElement json = await Invocation.JsonOfAsync(line);
        Assert.Equal("out kind hook scores units", Invocation.Keys(json));
        Assert.Equal((scratch["explanations"], "latents", "blocks.2.mlp.hook_post"), (Text(json, "out"), Text(json, "kind"), Text(json, "hook")));
        Assert.Equal("pattern token_table", Invocation.Keys(json.GetProperty("scores")));
        Assert.All(json.GetProperty("scores").EnumerateObject(), explainer =>
            Assert.Equal("top_and_random top_and_random_ci random_only random_only_ci n n_undefined", Invocation.Keys(explainer.Value)));
        Assert.Equal([3, 4, 5, 6], json.GetProperty("units").EnumerateArray().Select(unit => unit.GetProperty("index").GetInt32()));
        Assert.All(json.GetProperty("units").EnumerateArray(), unit => Assert.Equal(
            "index density explanation explanation_hash top_and_random random_only token_table_top_and_random", Invocation.Keys(unit)));
        SortedDictionary<string, string> files = PellucidProcess.Contents(scratch["explanations"]);
        Assert.Equal(
            ["pattern/3.json", "pattern/4.json", "pattern/5.json", "pattern/6.json", "provenance.json", "scores.json",
                "token_table/3.json", "token_table/4.json", "token_table/5.json", "token_table/6.json"],
            files.Keys);
        await Invocation.JsonOfAsync(line);
        Assert.Equal(files, PellucidProcess.Contents(scratch["explanations"]));
    }

    [Fact]
    public async Task Explain_WithoutUnits_DrawsAHundredBySeed()
    {
        using Scratch scratch = new();
        JsonElement neurons = await Invocation.JsonOfAsync("explain", "stories260k:blocks.2.mlp.hook_post", study.Store, "--out", scratch["neurons"]);
        Assert.Equal("neurons", Text(neurons, "kind"));
        Assert.Equal(100, neurons.GetProperty("units").EnumerateArray().Select(unit => unit.GetProperty("index").GetInt32()).Distinct().Count());
    }

    [Fact]
    public async Task Explain_WithoutJson_PutsTheFolderOnStandardOutput()
    {
        using Scratch scratch = new();
        Invocation invocation = await Invocation.OfAsync("explain", study.Dictionary, study.Store, "--units", "7", "--out", scratch["explanations"]);
        Assert.Equal((0, scratch["explanations"]), (invocation.ExitCode, invocation.Output.Trim()));
        Assert.DoesNotContain('\e', invocation.Error);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
