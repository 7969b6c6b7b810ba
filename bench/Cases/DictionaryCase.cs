using System.Diagnostics;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>
/// Work on a dictionary of 24,576 latents of width 768, on batches of 4,096 random rows, against PyTorch doing the same. Random directions
/// are the hardest case for selecting: nothing stands out.
/// </summary>
internal abstract class DictionaryCase : BenchCase
{
    protected const int Rows = 4096;
    protected const int Width = 768;
    protected const int Latents = 24_576;
    protected const int K = 32;
    private const int Warmup = 2;
    private const int Rounds = 5;

    internal override string Unit => "ms";

    internal override bool HigherIsBetter => false;

    /// <summary>Runs ours and the baselines in turn; a baseline is a name and the kind that the script knows it by.</summary>
    protected CaseResult Measure(Action<string> log, Action ours, float shift, string note, params (string Name, string Kind)[] kinds)
    {
        (string Name, PythonBaseline? Process)[] baselines =
        [
            .. kinds.Select(one => (one.Name, PythonBaseline.TryStart(
                "dictionary_step.py", log, one.Kind, $"{Rows}", $"{Width}", $"{Latents}", $"{K}", FormattableString.Invariant($"{shift}"), $"{Environment.ProcessorCount}"))),
        ];
        try
        {
            List<double> own = [];
            List<double>[] others = [.. baselines.Select(_ => new List<double>())];
            for (int round = 0; round < Warmup + (AskedRounds ?? Rounds); round++)
            {
                // Our loops are compiled in steps; theirs are warm after one run, which takes seconds.
                double milliseconds = Time(ours);
                if (round < Warmup)
                {
                    Time(ours);
                }

                for (int index = 0; round > 0 && index < baselines.Length; index++)
                {
                    double? seconds = baselines[index].Process?.Run();
                    if (round >= Warmup && seconds is { } value)
                    {
                        others[index].Add(value * 1000);
                    }
                }

                if (round >= Warmup)
                {
                    own.Add(milliseconds);
                }
            }

            return new CaseResult(
                Name, Unit, HigherIsBetter, Median(own),
                baselines.Zip(others).ToDictionary(pair => pair.First.Name, pair => pair.Second.Count > 0 ? Median(pair.Second) : (double?)null))
            {
                Note = $"{note} {baselines.FirstOrDefault(one => one.Process is not null).Process?.Description ?? "PyTorch is absent: see bench/README.md"}",
            };
        }
        finally
        {
            foreach ((_, PythonBaseline? process) in baselines)
            {
                process?.Dispose();
            }
        }
    }

    protected static Tensor Normal(int rows, int width, long seed)
    {
        SeededRandom random = new(seed, 1);
        Tensor result = Tensor.Empty(new Shape(rows, width));
        foreach (ref float value in result.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        return result;
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
