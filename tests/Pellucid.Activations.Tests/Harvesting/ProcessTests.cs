using System.Diagnostics;
using System.Globalization;
using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;

namespace Pellucid.Activations.Tests.Harvesting;

public sealed class ProcessTests
{
    private const long Tokens = 15_000;

    [Fact]
    public async Task Harvest_KilledAtTenRandomInstants_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        await Finish(folder["whole"], Tokens);
        SeededRandom random = new(11);
        int killed = 0;
        for (int i = 0; i < 10; i++)
        {
            killed += await Kill(folder["killed"], lines: random.NextInt(4), microseconds: random.NextInt(15_000)) ? 1 : 0;
        }

        Assert.Equal(10, killed);
        Assert.False(File.Exists(Path.Combine(folder["killed"], "manifest.json")));
        await Finish(folder["killed"], Tokens);
        Assert.Equal(SmallStores.Contents(folder["whole"]), SmallStores.Contents(folder["killed"]));
    }

    /// <summary>The larger store is 41 MB larger; half of that is more than collections at other moments account for.</summary>
    [Fact]
    public async Task Harvest_FourTimesTheTokens_TakesNoMoreMemory()
    {
        using TemporaryFolder folder = new();
        long few = await Finish(folder["few"], 20_000), many = await Finish(folder["many"], 80_000);
        Assert.InRange(many - few, -20_000_000, 20_000_000);
    }

    private static Process Start(string folder, long tokens) => Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
    {
        ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Pellucid.Activations.Tests.Killed.dll"), folder, SmallStores.Hook, tokens.ToString(CultureInfo.InvariantCulture) },
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    /// <summary>Harvests to the end and returns the most bytes of memory that the process held.</summary>
    private static async Task<long> Finish(string folder, long tokens)
    {
        using Process process = Start(folder, tokens);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.EndsWith("done", output.TrimEnd(), StringComparison.Ordinal);
        string peak = output.Split('\n').Single(line => line.StartsWith("peak ", StringComparison.Ordinal));
        return long.Parse(peak["peak ".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>Kills the harvest some time after some shards; false where it had ended before.</summary>
    private static async Task<bool> Kill(string folder, int lines, int microseconds)
    {
        using Process process = Start(folder, Tokens);
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
