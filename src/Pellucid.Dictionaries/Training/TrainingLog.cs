using System.Text.Json;
using Pellucid.Dictionaries.Files;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// The lines of <c>metrics.jsonl</c>. They are kept in memory and in the checkpoint, and the file is written whole, so that a resumed run
/// ends with the bytes of an undisturbed one. At most some hundred lines whatever the length of the run.
/// </summary>
internal sealed class TrainingLog(TrainingInputs inputs, double variance)
{
    internal const string FileName = "metrics.jsonl";
    private const int MostLines = 200;

    private readonly List<string> _lines = [];

    internal MetricsSums Sums { get; private set; }

    internal IReadOnlyList<string> Lines => _lines;

    private long Interval => Math.Max(1, inputs.Steps / MostLines);

    internal void Restore(CheckpointState state)
    {
        _lines.AddRange(state.Lines);
        Sums = state.Sums;
    }

    /// <summary>Takes in a step; returns the means since the last line when a line is due.</summary>
    /// <param name="step">Steps done, this one included.</param>
    /// <param name="measures">What it saw.</param>
    internal TrainProgress? Add(long step, StepMeasures measures)
    {
        Sums = Sums.With(measures);
        if (step % Interval != 0 && step != inputs.Steps)
        {
            return null;
        }

        double steps = Sums.Steps, dead = (double)measures.Dead / inputs.Latents;
        TrainProgress means = new(step, inputs.Steps, Sums.Loss / steps, Sums.L0 / steps, 1 - (Sums.SquaredError / steps / variance), dead);
        MetricsLine line = new(
            step, step * inputs.BatchSize, means.Loss, Sums.AuxLoss / steps, means.L0, means.VarianceExplained, dead, inputs.RateAt(step - 1));
        _lines.Add(JsonSerializer.Serialize(line, JsonLines.Default.MetricsLine));
        Sums = default;
        return means;
    }

    internal void Write(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), string.Concat(_lines.Select(line => line + "\n")));
}
