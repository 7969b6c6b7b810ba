// Bills et al. 2023, "Language models can explain neurons in language models" (openai/automated-interpretability).
//   score = Pearson correlation of simulated s and true a over all tokens of all records concatenated
//   R² (uncentred, as there) = 1 − E(a − s)² / E(a²)
// Where a statistic does not exist (nothing varies, nothing fires), it is null here, not NaN or −∞.
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>How well predicted activations agree with true ones.</summary>
public static class Agreement
{
    /// <summary>Pearson correlation, −1 to 1; null where either side does not vary.</summary>
    /// <param name="predicted">Predicted activation of each token, at any scale.</param>
    /// <param name="actual">True activation of each token.</param>
    /// <exception cref="PellucidException">The two differ in number.</exception>
    public static double? Correlation(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        RequireSameLength(predicted, actual);
        (double meanP, double meanA) = (Mean(predicted), Mean(actual));
        double pp = 0, aa = 0, pa = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double p = predicted[i] - meanP, a = actual[i] - meanA;
            pp += p * p;
            aa += a * a;
            pa += p * a;
        }

        bool varies = Varies(predicted) && Varies(actual);
        return varies && pp > 0 && aa > 0 ? Math.Clamp(pa / Math.Sqrt(pp) / Math.Sqrt(aa), -1, 1) : null;
    }

    /// <summary>1 − E(a − s)²/E(a²), at most 1; null where the true activations are all zero.</summary>
    /// <param name="predicted">Predicted activation of each token, at the scale of the true ones.</param>
    /// <param name="actual">True activation of each token.</param>
    /// <exception cref="PellucidException">The two differ in number.</exception>
    public static double? UncentredR2(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        RequireSameLength(predicted, actual);
        double error = 0, power = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double a = actual[i], e = a - predicted[i];
            error += e * e;
            power += a * a;
        }

        return power > 0 ? 1 - (error / power) : null;
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static bool Varies(ReadOnlySpan<float> values) => !values.IsEmpty && values.ContainsAnyExcept(values[0]);

    private static void RequireSameLength(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        if (predicted.Length != actual.Length)
        {
            throw new PellucidException($"{predicted.Length} predictions were made for {actual.Length} tokens; there must be one for each.");
        }
    }
}
