using System.Diagnostics;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Tensors;

namespace Pellucid.Cli.Tests;

/// <summary>The real program, killed or interrupted and run again.</summary>
[Collection(StudyTests.Name)]
public sealed class StoppedTests(StudyFixture study) : IDisposable
{
    private readonly Scratch _scratch = new();

    private string[] TrainLine => ["train", study.Store, "--latents", "128", "--k", "8", "--epochs", "12", "--seed", "5", "--out"];

    private static string[] HarvestLine => ["harvest", "stories260k", "tinystories", "--at", "blocks.1.hook_resid_post", "--tokens", "60000", "--out"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public Task Train_KilledAtTenRandomInstants_EndsWithTheSameBytes() => KillAsync(TrainLine, kills: 10, seed: 21);

    [Fact]
    public Task Harvest_KilledAtRandomInstants_EndsWithTheSameBytes() => KillAsync(HarvestLine, kills: 3, seed: 22);

    [Fact]
    public Task Harvest_CtrlC_StopsAndGoesOn() => InterruptAsync("harvest: ", [.. HarvestLine.Select(word => word == "60000" ? "250000" : word)]);

    [Fact]
    public Task Train_CtrlC_StopsAndGoesOn() => InterruptAsync("train: ", TrainLine);

    [Fact]
    public Task Recovery_CtrlC_StopsAndGoesOn() => InterruptAsync("recovery: ", ["plant", "recovery", "--quick", "--seeds", "2", "--out"]);

    [Fact]
    public Task Explain_CtrlC_StopsAndGoesOn() =>
        InterruptAsync("explain: ", ["explain", study.Dictionary, study.Store, "--units", "0-39", "--out"]);

    [Fact]
    public async Task Evaluate_CtrlC_StopsAndGoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        string[] line = ["evaluate", study.Dictionary, "stories260k", "tinystories", "--tokens", "15000", "--json"];
        await PellucidProcess.InterruptAsync("evaluate: ", line);
        Assert.Equal(await PellucidProcess.FinishAsync(line), (await Invocation.OfAsync(line)).Output);
    }

    /// <summary>Kills one run after another; one that had ended before is begun anew, so that every kill hits work.</summary>
    private async Task KillAsync(string[] line, int kills, long seed)
    {
        long started = Stopwatch.GetTimestamp();
        await PellucidProcess.FinishAsync([.. line, _scratch["whole"]]);
        TimeSpan whole = Stopwatch.GetElapsedTime(started);
        SortedDictionary<string, string> expected = PellucidProcess.Contents(_scratch["whole"]);
        SeededRandom random = new(seed);
        for (int killed = 0; killed < kills;)
        {
            if (await PellucidProcess.KillAsync(whole * ((random.NextInt(900) + 100) / 1000.0), [.. line, _scratch["killed"]]))
            {
                killed++;
            }
            else
            {
                Assert.Equal(expected, PellucidProcess.Contents(_scratch["killed"]));
                Directory.Delete(_scratch["killed"], recursive: true);
            }
        }

        await PellucidProcess.FinishAsync([.. line, _scratch["killed"]]);
        Assert.Equal(expected, PellucidProcess.Contents(_scratch["killed"]));
    }

    private async Task InterruptAsync(string at, string[] line)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        await PellucidProcess.InterruptAsync(at, [.. line, _scratch["same"], "--json"]);
        string resumed = await PellucidProcess.FinishAsync([.. line, _scratch["same"], "--json"]);
        SortedDictionary<string, string> files = PellucidProcess.Contents(_scratch["same"]);
        Directory.Delete(_scratch["same"], recursive: true);
        Assert.Equal(await PellucidProcess.FinishAsync([.. line, _scratch["same"], "--json"]), resumed);
        Assert.Equal(PellucidProcess.Contents(_scratch["same"]), files);
    }
}
