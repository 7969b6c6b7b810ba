using System.Diagnostics;
using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;

namespace Pellucid.Activations.Tests.Harvesting;

public sealed class KillTests
{
    private const string Tokens = "15000";

    [Fact]
    public async Task Harvest_KilledAtTenRandomInstants_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        await Finish(folder["whole"]);
        SeededRandom random = new(11);
        int killed = 0;
        for (int i = 0; i < 10; i++)
        {
            killed += await Kill(folder["killed"], lines: random.NextInt(4), microseconds: random.NextInt(15_000)) ? 1 : 0;
        }

        Assert.Equal(10, killed);
        Assert.False(File.Exists(Path.Combine(folder["killed"], "manifest.json")));
        await Finish(folder["killed"]);
        Assert.Equal(SmallStores.Contents(folder["whole"]), SmallStores.Contents(folder["killed"]));
    }

    private static Process Start(string folder) => Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
    {
        ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Pellucid.Activations.Tests.Killed.dll"), folder, SmallStores.Hook, Tokens },
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    private static async Task Finish(string folder)
    {
        using Process process = Start(folder);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.EndsWith("done", output.TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>Kills the harvest some time after some shards; false where it had ended before.</summary>
    private static async Task<bool> Kill(string folder, int lines, int microseconds)
    {
        using Process process = Start(folder);
        for (int line = 0; line < lines; line++)
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync());
        }

        if (lines == 0)
        {
            microseconds *= 20; // nothing to wait for: some instant of the start
        }

        Stopwatch watch = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => watch.Elapsed.TotalMicroseconds >= microseconds);
        process.Kill();
        await process.WaitForExitAsync();
        return !(await process.StandardOutput.ReadToEndAsync()).Contains("done", StringComparison.Ordinal);
    }
}
