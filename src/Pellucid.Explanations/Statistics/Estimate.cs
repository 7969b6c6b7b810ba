namespace Pellucid.Explanations;

/// <summary>A mean with its bootstrap interval.</summary>
/// <param name="Mean">The mean, or the difference of means; NaN where there was nothing to average.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="N">How many values it rests on; of a two-sample difference, the smaller sample's number.</param>
public sealed record Estimate(double Mean, double Low, double High, int N)
{
    /// <summary>Whether the whole interval lies above zero.</summary>
    public bool IsAboveZero => Low > 0;
}
