// Bills et al. 2023, "Language models can explain neurons in language models" (openai/automated-interpretability).
//   score = Pearson correlation of simulated s and true a over all tokens of all records concatenated
//   R² (uncentred, as there) = 1 − E(a − s)² / E(a²)
// Where a statistic does not exist (nothing varies, nothing fires), it is null here, not NaN or −∞.
using System.Numerics;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>How well predicted activations agree with true ones.</summary>
public static class Agreement
{
    /// <summary>Pearson correlation, −1 to 1; null where either side does not vary.</summary>
    /// <typeparam name="T">Float or double; sums are in double.</typeparam>
    /// <param name="predicted">Predicted activation of each token, at any scale.</param>
    /// <param name="actual">True activation of each token.</param>
    /// <exception cref="PellucidException">The two differ in number.</exception>
    public static double? Correlation<T>(ReadOnlySpan<T> predicted, ReadOnlySpan<T> actual)
        where T : struct, INumber<T>
    {
        RequireSameLength(predicted, actual);
        (double meanP, double meanA) = (Mean(predicted), Mean(actual));
        double pp = 0, aa = 0, pa = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double p = double.CreateChecked(predicted[i]) - meanP, a = double.CreateChecked(actual[i]) - meanA;
            pp += p * p;
            aa += a * a;
            pa += p * a;
        }

        bool varies = Varies(predicted) && Varies(actual);
        return varies && pp > 0 && aa > 0 ? Math.Clamp(pa / Math.Sqrt(pp) / Math.Sqrt(aa), -1, 1) : null;
    }

    /// <summary>1 − E(a − s)²/E(a²), at most 1; null where the true activations are all zero.</summary>
    /// <typeparam name="T">Float or double; sums are in double.</typeparam>
    /// <param name="predicted">Predicted activation of each token, at the scale of the true ones.</param>
    /// <param name="actual">True activation of each token.</param>
    /// <exception cref="PellucidException">The two differ in number.</exception>
    public static double? UncentredR2<T>(ReadOnlySpan<T> predicted, ReadOnlySpan<T> actual)
        where T : struct, INumber<T>
    {
        RequireSameLength(predicted, actual);
        double error = 0, power = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double a = double.CreateChecked(actual[i]), e = a - double.CreateChecked(predicted[i]);
            error += e * e;
            power += a * a;
        }

        return power > 0 ? 1 - (error / power) : null;
    }

    private static double Mean<T>(ReadOnlySpan<T> values)
        where T : struct, INumber<T>
    {
        double sum = 0;
        foreach (T value in values)
        {
            sum += double.CreateChecked(value);
        }

        return sum / values.Length;
    }

    private static bool Varies<T>(ReadOnlySpan<T> values)
        where T : struct, INumber<T> => !values.IsEmpty && values.ContainsAnyExcept(values[0]);

    private static void RequireSameLength<T>(ReadOnlySpan<T> predicted, ReadOnlySpan<T> actual)
        where T : struct, INumber<T>
    {
        if (predicted.Length != actual.Length)
        {
            throw new PellucidException($"{predicted.Length} predictions were made for {actual.Length} tokens; there must be one for each.");
        }
    }
}
