using System.Diagnostics;
using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models.Tests.Registry.Hub;

namespace Pellucid.Cli.Tests;

/// <summary>The real program against a hub on this machine: two at once, killed, interrupted, offline.</summary>
public sealed class HubProcessTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private const int Bytes = 2_000_000;

    private readonly Scratch _scratch = new();
    private readonly HubServer _server = new();

    public HubProcessTests()
    {
        byte[] weights = new byte[Bytes];
        for (int i = 0; i < Bytes; i++)
        {
            weights[i] = (byte)((i * 7) ^ (i >> 9));
        }

        _server.Files["config.json"] = "{}"u8.ToArray();
        _server.Files[Weights] = weights;
        _server.Large.Add(Weights);
    }

    private string ModelFolder => Path.Combine(_scratch["hf"], "hub", "models--owner--tiny");

    private string Incomplete => Path.Combine(ModelFolder, "blobs", _server.HashOf(Weights) + ".incomplete");

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Pull_TwoProcessesAtOnce_FetchTheModelOnce()
    {
        Slowly();
        string[] outputs = await Task.WhenAll(FinishAsync(), FinishAsync());
        Assert.All(outputs, output => Assert.Equal(HubServer.Commit, Json(output).GetProperty("commit").GetString()));
        AssertWhole();
        Assert.Single(_server.Requests, request => request.AtStore);
    }

    [Fact]
    public async Task Pull_Killed_GoesOnFromWhatHasCome()
    {
        Slowly();
        using (Process process = Start("model", "pull", HubServer.Model))
        {
            await UntilAsync(() => File.Exists(Incomplete) && new FileInfo(Incomplete).Length > 100_000);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task Pull_CtrlC_StopsWithinASecondAndGoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        Slowly();
        using (Process process = Start("model", "pull", HubServer.Model))
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await UntilAsync(() => File.Exists(Incomplete) && new FileInfo(Incomplete).Length > 100_000);
            long sent = Stopwatch.GetTimestamp();
            PellucidProcess.Interrupt(process);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            // The promise is one second; the other one is for a machine that runs other tests at the same time.
            Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 0, 2);
            Assert.Equal(130, process.ExitCode);
            Assert.EndsWith("run the same command again", (await error).TrimEnd(), StringComparison.Ordinal);
        }

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task Pull_Offline_NeedsTheModelInTheCache()
    {
        using (Process process = Start([("HF_HUB_OFFLINE", "1")], "model", "pull", HubServer.Model))
        {
            Assert.Contains("HF_HUB_OFFLINE", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, process.ExitCode);
        }

        Assert.Empty(_server.Requests);
        await FinishAsync();
        using (Process process = Start("model", "list", "--json"))
        {
            JsonElement listed = Json(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.Contains(listed.GetProperty("models").EnumerateArray(), model =>
                model.GetProperty("id").GetString() == HubServer.Model && model.GetProperty("bytes").GetInt64() == Bytes + 2 && model.GetProperty("commit").GetString() == HubServer.Commit);
        }
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Two megabytes in about a second.</summary>
    private void Slowly() => _server.Then = (request, reply) => request.AtStore ? reply with { AfterPiece = () => Task.Delay(2) } : reply;

    private Process Start(params string[] arguments) => Start([], arguments);

    private Process Start((string, string)[] variables, params string[] arguments) => PellucidProcess.Start(
        [("HF_ENDPOINT", _server.Endpoint), ("HF_HOME", _scratch["hf"]), ("HF_HUB_CACHE", ""), ("HF_TOKEN", ""), ("HF_HUB_OFFLINE", ""), .. variables], arguments);

    private async Task<string> FinishAsync()
    {
        using Process process = Start("model", "pull", HubServer.Model, "--json");
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    private async Task AssertGoesOnAsync()
    {
        long come = new FileInfo(Incomplete).Length;
        Assert.InRange(come, 100_000, Bytes - 1);
        Assert.False(File.Exists(Path.Combine(ModelFolder, "refs", "main")));
        _server.Then = null;
        _server.Requests.Clear();
        Assert.False(Json(await FinishAsync()).GetProperty("was_present").GetBoolean());
        AssertWhole();
        Assert.Equal($"bytes={come}-", Assert.Single(_server.Requests, request => request.AtStore).Range);
    }

    private void AssertWhole()
    {
        Assert.Equal(_server.Files[Weights], File.ReadAllBytes(Path.Combine(ModelFolder, "snapshots", HubServer.Commit, Weights)));
        Assert.False(File.Exists(Incomplete));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It did not come so far.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
