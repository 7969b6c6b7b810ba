namespace Pellucid.Dictionaries.Training;

/// <summary>Sums of what steps measured.</summary>
internal readonly record struct MetricsSums(int Steps, double Loss, double SquaredError, double AuxLoss, double L0)
{
    internal MetricsSums With(StepMeasures step) =>
        new(Steps + 1, Loss + step.Loss, SquaredError + step.SquaredError, AuxLoss + step.AuxLoss, L0 + step.L0);
}
