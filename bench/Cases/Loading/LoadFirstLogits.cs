using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;
using Pellucid.Models;

namespace Pellucid.Bench.Cases.Loading;

/// <summary>
/// From a checkpoint in the system's file cache to the first logits: stories15m is opened, run over four tokens and let go. PyTorch does the same
/// in a process that has started; llama2.c's time is that of its whole process. Ours includes the SHA-256 of the files and the tokenizer.
/// </summary>
internal sealed class LoadFirstLogits : BenchCase
{
    private const string Text = "Once upon a";

    private static readonly int[] Prompt = [1, 9038, 2501, 263];

    internal override string Name => "load-first-logits";

    internal override string Unit => "s";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        string folder = ModelRegistry.List().Single(entry => entry.Id == "stories15m").Location!, checkpoint = Path.Combine(folder, "stories15M.bin");
        List<IDisposable> started = [];
        try
        {
            Contender ours = new("ours", "Model.OpenAsync and Model.Run, float32, files hashed and checked, tokenizer read", Play);
            return new Contest(
                this, ours,
                [
                    PythonBaseline.Contender("pytorch-tuned", "load_llama.py", PythonBaseline.OpenBlas, started, log, checkpoint, string.Join(',', Prompt), $"{Environment.ProcessorCount}"),
                    Llama2CBaseline.Loader(folder, Text, Prompt.Length),
                ])
            { Rounds = AskedRounds ?? 11 }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }

    private static Turn Play()
    {
        long start = Stopwatch.GetTimestamp();
        using Model model = Model.OpenAsync("stories15m").GetAwaiter().GetResult();
        using Run run = model.Run(TokenBatch.Of(Prompt), new RunOptions { Logits = LogitsWanted.Last });
        ReadOnlySpan<float> logits = run.Logits.AsSpan();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Abs(logit);
        }

        return new Turn(seconds, sum / logits.Length);
    }
}
