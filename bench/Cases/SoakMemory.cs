using System.Diagnostics;
using System.Globalization;
using Pellucid.Bench.Soak;

namespace Pellucid.Bench.Cases;

/// <summary>Working set after ten thousand mixed steps against that after the first thousand: flat when nothing is left behind.</summary>
internal sealed class SoakMemory : BenchCase
{
    internal override string Name => "soak-memory";

    internal override string Unit => "MB";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Pellucid.Bench.dll");
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, SoakServer.Argument]) { RedirectStandardOutput = true })!;
        double[][] looks = [.. SoakServer.Looks.Select(_ => Read(process.StandardOutput))];
        process.WaitForExit();
        return new CaseResult(Name, Unit, HigherIsBetter, looks[1][0], new Dictionary<string, double?> { ["after 1,000 steps"] = looks[0][0] })
        {
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"10,000 steps in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s; managed heap {looks[0][1]:F2} and {looks[1][1]:F2} MB, arrays {looks[0][2]:F2} and {looks[1][2]:F2} MB"),
        };
    }

    private static double[] Read(StreamReader lines) => lines.ReadLine() is { } line
        ? [.. line.Split(' ').Select(bytes => double.Parse(bytes, CultureInfo.InvariantCulture) / 1e6)]
        : throw new InvalidOperationException("The soak ended early.");
}
