namespace Pellucid.Dictionaries.Evaluation;

/// <summary>Summed losses over predicted tokens, in nats.</summary>
internal readonly record struct Losses(long Predicted, double Clean, double Zero, double Mean, double Spliced)
{
    internal double RecoveredFromZero => Recovered(Zero);

    internal double RecoveredFromMean => Recovered(Mean);

    public static Losses operator +(Losses a, Losses b) =>
        new(a.Predicted + b.Predicted, a.Clean + b.Clean, a.Zero + b.Zero, a.Mean + b.Mean, a.Spliced + b.Spliced);

    private double Recovered(double ablated) => ablated == Clean ? double.NaN : (ablated - Spliced) / (ablated - Clean);
}
