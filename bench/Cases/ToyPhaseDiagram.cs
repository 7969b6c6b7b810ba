using System.Diagnostics;
using System.Globalization;
using Pellucid.Bench.Contests;
using Pellucid.GroundTruth;

namespace Pellucid.Bench.Cases;

/// <summary>
/// The phase diagram of two features in one dimension: 40 × 40 points × 10 seeds, all trained, against PyTorch one model at a time, in two processes at once.
/// PyTorch trains a sample, whose seconds are scaled to all; the loss of the best model of one point has to be the same.
/// </summary>
internal sealed class ToyPhaseDiagram : BenchCase
{
    private const int SampledPoint = (18 * 40) + 20;

    internal override string Name => "toy-phase-diagram";

    internal override string Unit => "s";

    internal override bool HigherIsBetter => false;

    internal override CaseResult Measure(Action<string> log)
    {
        PhaseDiagramOptions options = new();
        ToyTask[] tasks = PhaseDiagram.Tasks(options);
        ToyTask sampled = tasks[SampledPoint];
        List<IDisposable> started = [];
        try
        {
            return new Contest(this, new Contender("ours", $"a model a lane, {Environment.ProcessorCount} threads", Ours), [Baseline("tape", 4), Baseline("by-hand", 8), Baseline("batched", 1)])
            {
                Warmup = 1,
                Rounds = AskedRounds ?? 3,
                Agreement = 0.05, // the baselines' loss is measured on a million examples, within about 1 %, and each side has its own best of a few models
                Remark = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tasks.Length} models, {options.Training.Steps} steps of {options.Training.Batch} examples, Adam from {options.Training.LearningRate} along half a cosine. Baselines train a sample (4, 8 or 64 models in each of {Environment.ProcessorCount} processes of one thread) and are scaled to all."),
            }.Hold(log);
        }
        finally
        {
            started.ForEach(process => process.Dispose());
        }

        Turn Ours()
        {
            long start = Stopwatch.GetTimestamp();
            ToyModel[] models = ToyTrainer.Train(tasks, options.Training);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int points = tasks.Length / options.Seeds;
            return new Turn(seconds, Enumerable.Range(0, options.Seeds).Min(seed => ToyLoss.Exact(models[(seed * points) + SampledPoint])!.Value));
        }

        Contender Baseline(string kind, int sample) => PythonBaseline.Contender(
            $"pytorch-{kind}", "toy_phases.py", PythonBaseline.OpenBlas, started, log,
            [
                .. new object[] { kind, tasks.Length, sample, options.Training.Steps, options.Training.Batch, options.Training.LearningRate, sampled.Sparsity, sampled.Importance[1], Environment.ProcessorCount }
                    .Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!),
            ]);
    }
}
