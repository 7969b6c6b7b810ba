namespace Pellucid.Bench.Cases;

/// <summary>Peak memory of a harvest against that of a harvest of a fifth of the tokens: flat when memory does not grow with the text.</summary>
internal sealed class HarvestMemory : BenchCase
{
    internal override string Name => "harvest-memory";

    internal override string Unit => "MB";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        double few = Peak(60_000), many = Peak(300_000);
        return new CaseResult(Name, Unit, HigherIsBetter, many, new Dictionary<string, double?> { ["a fifth of the tokens"] = few })
        {
            Note = "stories260k, blocks.2.mlp.hook_post, 300,000 tokens against 60,000; the store on disk is 206 MB",
        };
    }

    private static double Peak(int tokens)
    {
        string folder = Directory.CreateTempSubdirectory("pellucid-bench").FullName;
        try
        {
            return PellucidProcess.Run(
                "harvest", "stories260k", "tinystories", "--at", "blocks.2.mlp.hook_post", "--tokens", $"{tokens}", "--out", Path.Combine(folder, "store")).PeakMegabytes;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
