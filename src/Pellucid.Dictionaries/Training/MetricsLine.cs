namespace Pellucid.Dictionaries.Training;

/// <summary>One line of <c>metrics.jsonl</c>: means over the steps since the line before.</summary>
internal sealed record MetricsLine(
    long Step, long Tokens, double Loss, double AuxLoss, double L0, double VarianceExplained, double DeadFraction, double LearningRate);
