using System.Text.Json;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class ModelListTests
{
    [Fact]
    public async Task List_Json_GivesEveryModelWithItsFacts()
    {
        JsonElement json = await Invocation.JsonOfAsync("model", "list");
        JsonElement[] models = [.. json.GetProperty("models").EnumerateArray()];
        Assert.All(models, model => Assert.Equal("id description licence bytes built_in present location commit", Invocation.Keys(model)));
        JsonElement builtIn = Assert.Single(models, model => model.GetProperty("id").GetString() == "stories260k");
        Assert.True(builtIn.GetProperty("built_in").GetBoolean() && builtIn.GetProperty("present").GetBoolean());
        Assert.Equal(1_056_540 + 6_227, builtIn.GetProperty("bytes").GetInt64());
        Assert.Contains(models, model => model.GetProperty("id").GetString() == "stories15m");
    }

    [Fact]
    public async Task List_WithoutJson_PutsTheTableOnStandardError()
    {
        Invocation invocation = await Invocation.OfAsync("model", "list");
        Assert.Equal((0, ""), (invocation.ExitCode, invocation.Output));
        Assert.Contains("stories15m", invocation.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_BuiltInModel_FetchesNothing()
    {
        JsonElement json = await Invocation.JsonOfAsync("model", "pull", "stories260k");
        Assert.Equal("id location bytes was_present commit", Invocation.Keys(json));
        Assert.True(json.GetProperty("was_present").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("location").ValueKind);
    }

    [Fact]
    public async Task Pull_UnknownName_NamesTheModelsThereAre() =>
        Assert.Contains("stories15m", await Invocation.FailureOfAsync(1, "model", "pull", "stories15"), StringComparison.Ordinal);
}
