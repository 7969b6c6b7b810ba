using System.Diagnostics;
using System.Globalization;
using Pellucid.Bench.Cases.TinyLlama;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases.Loading;

/// <summary>Peak resident memory while a model is opened, less what the process had before, by what its weights take; each in a process of its own.</summary>
internal sealed class LoadMemory(string model, DType storage) : BenchCase
{
    internal override string Name => $"load-memory-{model}-{storage.ToString().ToLowerInvariant()}";

    internal override string Unit => "peak / weights";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        string name = model == "tinyllama" ? TinyLlamaSubject.File : model;
        List<double> peaks = [];
        double weights = 0;
        for (int round = 0; round < (AskedRounds ?? 3); round++)
        {
            using Process process = Process.Start(new ProcessStartInfo(
                "dotnet", ["exec", typeof(LoadMemory).Assembly.Location, LoadServer.Argument, name, storage.ToString()])
            { RedirectStandardOutput = true })!;
            string[] parts = process.StandardOutput.ReadToEnd().Split(' ');
            process.WaitForExit();
            weights = double.Parse(parts[1], CultureInfo.InvariantCulture);
            peaks.Add(double.Parse(parts[0], CultureInfo.InvariantCulture) / weights);
        }

        return new CaseResult(Name, Unit, HigherIsBetter, Median(peaks), new Dictionary<string, double?> { ["allowed"] = 1.1 })
        {
            Rounds = peaks.Count,
            Note = string.Create(CultureInfo.InvariantCulture, $"weights of {weights / 1e6:F1} MB; VmHWM less VmRSS before, in a process that has opened a small model"),
        };
    }
}
