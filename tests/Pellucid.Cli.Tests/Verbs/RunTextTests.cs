using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class RunTextTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pellucid");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_Text_GivesIdsWithBosTokensLossAndTheTenLikeliest()
    {
        JsonElement json = await Invocation.JsonOfAsync("run", "stories260k", "--text", "Once upon a time");
        Assert.Equal("ids tokens loss top", Invocation.Keys(json));
        Assert.Equal([1, 403, 407, 261, 378], json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(5, json.GetProperty("tokens").GetArrayLength());
        Assert.InRange(json.GetProperty("loss").GetDouble(), 0, 1);
        JsonElement[] top = [.. json.GetProperty("top").EnumerateArray()];
        Assert.Equal(10, top.Length);
        Assert.Equal("token id probability", Invocation.Keys(top[0]));
        Assert.Equal((",", 432), (top[0].GetProperty("token").GetString(), top[0].GetProperty("id").GetInt32()));
        double[] probabilities = [.. top.Select(entry => entry.GetProperty("probability").GetDouble())];
        Assert.Equal(probabilities.OrderDescending(), probabilities);
        Assert.InRange(probabilities.Sum(), 0.5, 1 + 1e-6); // the sum of a part of a softmax, in single precision
    }

    [Fact]
    public async Task Run_NoBos_LeavesBosOut()
    {
        JsonElement json = await Invocation.JsonOfAsync("run", "stories260k", "--text", "Once upon a time", "--no-bos");
        Assert.Equal([403, 407, 261, 378], json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
    }

    [Fact]
    public async Task Run_OneId_IsTakenAsItIsAndHasNoLoss()
    {
        JsonElement json = await Invocation.JsonOfAsync("run", "stories260k", "--ids", "403");
        Assert.Equal(403, Assert.Single(json.GetProperty("ids").EnumerateArray()).GetInt32());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("loss").ValueKind);
    }

    [Fact]
    public async Task Run_ModelWithoutTokenizer_RunsFromIdsWithNullTokens()
    {
        string path = await BareCheckpointAsync();
        JsonElement json = await Invocation.JsonOfAsync("run", path, "--ids", "1,403");
        Assert.Equal(JsonValueKind.Null, json.GetProperty("tokens").ValueKind);
        Assert.All(json.GetProperty("top").EnumerateArray(), top => Assert.Equal(JsonValueKind.Null, top.GetProperty("token").ValueKind));
        Assert.Contains("no tokenizer", await Invocation.FailureOfAsync(1, "run", path, "--text", "x"), StringComparison.Ordinal);
        Assert.Contains("no tokenizer", await Invocation.FailureOfAsync(1, "run", path, "--text", "x", "--no-bos"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last", new[] { 4 })]
    [InlineData("1..3", new[] { 1, 2 })]
    [InlineData("0,-2", new[] { 0, 3 })]
    public async Task Run_Positions_KeepsThoseOfTheCapturedActivations(string positions, int[] places)
    {
        string whole = Path.Combine(_folder.FullName, "whole.safetensors"), part = Path.Combine(_folder.FullName, "part.safetensors");
        string[] line = ["run", "stories260k", "--text", "Once upon a time", "--capture", "blocks.1.hook_resid_post", "--out"];
        await Invocation.JsonOfAsync([.. line, whole]);
        await Invocation.JsonOfAsync([.. line, part, "--positions", positions]);
        using SafetensorsFile all = SafetensorsFile.Open(whole), some = SafetensorsFile.Open(part);
        using Tensor rows = all.Read("blocks.1.hook_resid_post"), kept = some.Read("blocks.1.hook_resid_post"), logits = some.Read("logits");
        Assert.Equal([1, places.Length, 64], kept.Shape.Sizes.ToArray());
        Assert.Equal(places.SelectMany(place => rows.ToArray()[(place * 64)..((place + 1) * 64)]), kept.ToArray());
        Assert.Equal(5, logits.Shape[1]);
        Assert.Contains("5 tokens", await Invocation.FailureOfAsync(1, [.. line, part, "--positions", "7"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Capture_WritesLogitsAndEachHookUnderItsName()
    {
        string path = Path.Combine(_folder.FullName, "run.safetensors");
        await Invocation.JsonOfAsync(
            "run", "stories260k", "--ids", "1,403,407", "--capture", Hook.MlpPost(2), Hook.Pattern(1), "--capture", Hook.Embed, "--out", path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(["blocks.1.attn.hook_pattern", "blocks.2.mlp.hook_post", "hook_embed", "logits"], file.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(file.Entries.Values, entry => Assert.Equal(DType.F32, entry.DType));
        Assert.Equal(new Shape(1, 3, 172), file.Entries[Hook.MlpPost(2)].Shape);
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using Run run = model.Run(TokenBatch.Of([1, 403, 407]), new RunOptions { Capture = Capture.Of(Hook.Pattern(1)) });
        using Tensor logits = file.Read("logits"), pattern = file.Read(Hook.Pattern(1));
        Assert.Equal(run.Logits.ToArray(), logits.ToArray());
        Assert.Equal(run[Hook.Pattern(1)].ToArray(), pattern.ToArray());
    }

    [Fact]
    public async Task Run_UnknownHook_NamesTheNearestAndWritesNothing()
    {
        string path = Path.Combine(_folder.FullName, "run.safetensors");
        string message = await Invocation.FailureOfAsync(
            1, "run", "stories260k", "--ids", "1", "--capture", "blocks.9.hook_resid_post", "--out", path);
        Assert.Contains("'blocks.9.hook_resid_post' is not in this model (5 blocks). Nearest: blocks.", message, StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Theory]
    [InlineData("512", "512")]
    [InlineData("-1", "-1")]
    public async Task Run_IdOutsideTheVocabulary_Returns1(string ids, string expected) =>
        Assert.Contains($"Token id {expected} is not in the vocabulary", await Invocation.FailureOfAsync(1, "run", "stories260k", "--ids", ids), StringComparison.Ordinal);

    [Fact]
    public async Task Run_MoreTokensThanTheContext_Returns1()
    {
        string ids = string.Join(',', Enumerable.Repeat(1, 513));
        Assert.Contains("513 tokens are more than the context", await Invocation.FailureOfAsync(1, "run", "stories260k", "--ids", ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutJson_PutsTheTableOnStandardError()
    {
        Invocation invocation = await Invocation.OfAsync("run", "stories260k", "--text", "Once upon a time");
        Assert.Equal((0, ""), (invocation.ExitCode, invocation.Output));
        Assert.Contains("probability", invocation.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', invocation.Error);
    }

    private async Task<string> BareCheckpointAsync()
    {
        string path = Path.Combine(_folder.FullName, "bare.bin");
        await using Stream checkpoint = typeof(Model).Assembly.GetManifestResourceStream("stories260K.bin")!;
        await using FileStream copy = File.Create(path);
        await checkpoint.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return path;
    }
}
