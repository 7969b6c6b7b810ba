using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Models;

namespace Pellucid.Bench.Cases.Gpt2;

/// <summary>
/// Forward and backward of GPT-2 small, 8 sequences of 128 tokens: the gradients of the mean loss at every parameter, or those of a difference of two
/// logits, at the last position of each sequence, at every residual activation. Against tuned PyTorch with the same weights and tokens.
/// </summary>
internal sealed class Gpt2Gradients(bool attribution) : BenchCase
{
    private const int Batch = 8;
    private const int Positions = 128;
    private const int Right = 1000;
    private const int Wrong = 2000;
    private const string CheckedParameter = "blocks.0.mlp.W_in";

    internal override string Name => attribution ? $"gpt2-attribution-{Batch}x{Positions}" : $"gpt2-train-{Batch}x{Positions}";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        TokenBatch tokens = Gpt2Subject.Tokens(Batch, Positions);
        List<IDisposable> started = [];
        Contender Torch(string name, string script, params string[] more) => PythonBaseline.Contender(
            name, script, PythonBaseline.OpenBlas, started, log, [Gpt2Subject.WeightsFile, $"{Batch}", $"{Positions}", $"{Environment.ProcessorCount}", .. more]);
        try
        {
            Contender ours = attribution
                ? new("ours", "Model.Gradients at 36 hooks", () => Play(tokens, Attribution, run => Gpt2Subject.Check(run[Hook.ResidPre(0)])))
                : new("ours", "Model.Gradients of all parameters", () => Play(tokens, Training, run => Gpt2Subject.Check(run.Parameter(CheckedParameter))));
            Contender[] baselines = attribution
                ? [Torch("pytorch-tuned", "gpt2_attribution.py", "two"), Torch("pytorch-tuned-all-logits", "gpt2_attribution.py", "all")]
                : [Torch("pytorch-tuned", "gpt2_train.py")];
            return new Contest(this, ours, baselines)
            {
                Work = Batch * Positions,
                Rounds = AskedRounds ?? 7,
                Warmup = 1,
                Remark = attribution
                    ? "pytorch-tuned computes the two logits that the metric reads; pytorch-tuned-all-logits those of every position and token, as models do that return logits"
                    : null,
            }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }

    private static GradientRun Training(TokenBatch tokens) =>
        Gpt2Subject.Model.Gradients(tokens, Metric.Loss, new GradientOptions { Parameters = ParameterSet.All });

    private static GradientRun Attribution(TokenBatch tokens)
    {
        Metric metric = Metric.Mean(Enumerable.Range(0, Batch).Select(sequence => Metric.LogitDifference(Right, Wrong, sequence)));
        string[] hooks =
        [
            .. Enumerable.Range(0, ModelConfig.Gpt2Small.Layers).SelectMany(layer => (string[])[Hook.ResidPre(layer), Hook.ResidMid(layer), Hook.ResidPost(layer)]),
        ];
        return Gpt2Subject.Model.Gradients(tokens, metric, new GradientOptions { At = Capture.Of(hooks) });
    }

    private static Turn Play(TokenBatch tokens, Func<TokenBatch, GradientRun> gradients, Func<GradientRun, double> check)
    {
        long start = Stopwatch.GetTimestamp();
        using GradientRun run = gradients(tokens);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Turn(seconds, check(run));
    }
}
