namespace Pellucid.Bench.Cases;

/// <summary>The whole main job as a process of its own: seconds, or peak memory, against what it is allowed.</summary>
internal sealed class QuickstartRun(bool memory) : BenchCase
{
    private static readonly Lazy<(double Seconds, double PeakMegabytes)> Measured = new(Run);

    internal override string Name => memory ? "quickstart-memory" : "quickstart-seconds";

    internal override string Unit => memory ? "MB" : "s";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log) => new(
        Name, Unit, HigherIsBetter, memory ? Measured.Value.PeakMegabytes : Measured.Value.Seconds, new Dictionary<string, double?> { ["allowed"] = memory ? 1000 : 90 });

    private static (double Seconds, double PeakMegabytes) Run()
    {
        string folder = Directory.CreateTempSubdirectory("pellucid-bench").FullName;
        try
        {
            return PellucidProcess.Run("quickstart", "--out", folder, "--json");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
