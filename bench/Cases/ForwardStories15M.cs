using System.Diagnostics;
using Pellucid.Models;

namespace Pellucid.Bench.Cases;

/// <summary>Forward pass of stories15m, 16 sequences of 256 tokens, no logits, against tuned PyTorch with the same weights and tokens.</summary>
internal sealed class ForwardStories15M : BenchCase
{
    private const int Batch = 16;
    private const int Length = 256;
    private const int Warmup = 3;
    private const int Rounds = 15;

    internal override string Name => "forward-stories15m-16x256";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        using Model model = Model.OpenAsync("stories15m").GetAwaiter().GetResult();
        string checkpoint = Path.Combine(ModelRegistry.List().Single(entry => entry.Id == "stories15m").Location!, "stories15M.bin");
        TokenBatch tokens = TokenBatch.From(
        [
            .. Enumerable.Range(0, Batch).Select(row =>
                (int[])[.. Enumerable.Range(0, Length).Select(position => (int)(((row * Length) + position) * 7919L % model.Config.Vocabulary))]),
        ]);
        RunOptions options = new() { Logits = LogitsWanted.None, Capture = Capture.Of(Hook.FinalNormalized) };
        using PythonBaseline? baseline = PythonBaseline.TryStart("forward_llama.py", log, checkpoint, $"{Batch}", $"{Length}", $"{Environment.ProcessorCount}");
        List<double> ours = [], theirs = [];
        for (int round = 0; round < Warmup + Rounds; round++)
        {
            double seconds = Time(model, tokens, options);
            double? other = baseline?.Run();
            if (round >= Warmup)
            {
                ours.Add(Batch * Length / seconds);
                if (other is { } value)
                {
                    theirs.Add(Batch * Length / value);
                }
            }
        }

        return new CaseResult(
            Name, Unit, HigherIsBetter, Median(ours), new Dictionary<string, double?> { ["pytorch-tuned"] = theirs.Count > 0 ? Median(theirs) : null })
        {
            Note = baseline?.Description ?? "PyTorch is absent: see bench/README.md",
        };
    }

    private static double Time(Model model, TokenBatch tokens, RunOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        using Run run = model.Run(tokens, options);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
