using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;
using Pellucid.Models;

namespace Pellucid.Bench.Cases.Gpt2;

/// <summary>Forward pass of GPT-2 small up to the last norm, no logits, against tuned PyTorch and ONNX Runtime with the same weights and tokens.</summary>
internal sealed class Gpt2Forward(int batch, int positions) : BenchCase
{
    internal override string Name => $"gpt2-forward-{batch}x{positions}";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        TokenBatch tokens = Gpt2Subject.Tokens(batch, positions);
        RunOptions options = new() { Logits = LogitsWanted.None, Capture = Capture.Of(Hook.FinalNormalized) };
        List<IDisposable> started = [];
        try
        {
            string threads = $"{Environment.ProcessorCount}";
            Contender torch = PythonBaseline.Contender(
                "pytorch-tuned", "gpt2_forward.py", PythonBaseline.OpenBlas, started, log, Gpt2Subject.WeightsFile, $"{batch}", $"{positions}", threads);
            return new Contest(this, new Contender("ours", "matrices packed when the model is made", () => Play(tokens, options)), [torch, OnnxBaseline.Contender(batch, positions, started)])
            {
                Work = batch * positions,
                Rounds = AskedRounds ?? 9,
            }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }

    private static Turn Play(TokenBatch tokens, RunOptions options)
    {
        Model model = Gpt2Subject.Model;
        long start = Stopwatch.GetTimestamp();
        using Run run = model.Run(tokens, options);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Turn(seconds, Gpt2Subject.Check(run[Hook.FinalNormalized]));
    }
}
