// Efron 1979, "Bootstrap methods: another look at the jackknife", Ann. Statist. 7(1); percentile intervals, Efron and Tibshirani 1993, ch. 13.
// Interval: the (1 − level)/2 and (1 + level)/2 quantiles of the statistic over samples of the same size drawn with replacement.
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>Percentile intervals over units, for means and their differences. The same values and seed give the same interval.</summary>
public static class Bootstrap
{
    private const long Stream = 0xB007;

    /// <summary>The mean of a sample.</summary>
    /// <param name="values">One value a unit.</param>
    /// <param name="options">Number of resamples, level and seed.</param>
    public static Estimate Mean(IReadOnlyList<double> values, BootstrapOptions? options = null)
    {
        options = Checked(options);
        double[] sample = [.. values];
        SeededRandom random = new(options.Seed, Stream);
        return Interval(MeanOf(sample), sample.Length, options, () => ResampledMean(sample, random));
    }

    /// <summary>The mean of left − right where both were measured on the same units, which are resampled together.</summary>
    /// <exception cref="PellucidException">The two differ in number.</exception>
    public static Estimate PairedDifference(IReadOnlyList<double> left, IReadOnlyList<double> right, BootstrapOptions? options = null) =>
        left.Count == right.Count
            ? Mean([.. left.Zip(right, static (a, b) => a - b)], options)
            : throw new PellucidException($"A paired difference needs as many values on either side; there are {left.Count} and {right.Count}.");

    /// <summary>The difference mean(left) − mean(right) of two independent samples, each resampled on its own.</summary>
    public static Estimate Difference(IReadOnlyList<double> left, IReadOnlyList<double> right, BootstrapOptions? options = null)
    {
        options = Checked(options);
        double[] first = [.. left], second = [.. right];
        SeededRandom random = new(options.Seed, Stream);
        return Interval(
            MeanOf(first) - MeanOf(second), Math.Min(first.Length, second.Length), options, () => ResampledMean(first, random) - ResampledMean(second, random));
    }

    private static BootstrapOptions Checked(BootstrapOptions? options)
    {
        options ??= new BootstrapOptions();
        return options.Resamples >= 1 && options.Level is > 0 and < 1
            ? options
            : throw new PellucidException(
                $"A bootstrap needs at least 1 resample and a level between 0 and 1; {options.Resamples} and {options.Level} were given.");
    }

    private static Estimate Interval(double value, int count, BootstrapOptions options, Func<double> resample)
    {
        if (count == 0)
        {
            return new Estimate(double.NaN, double.NaN, double.NaN, 0);
        }

        double[] means = new double[options.Resamples];
        for (int i = 0; i < means.Length; i++)
        {
            means[i] = resample();
        }

        Array.Sort(means);
        double tail = (1 - options.Level) / 2;
        return new Estimate(value, Quantile(means, tail), Quantile(means, 1 - tail), count);
    }

    private static double Quantile(double[] sorted, double q)
    {
        double at = q * (sorted.Length - 1);
        int below = (int)at;
        double share = at - below;
        return share == 0 ? sorted[below] : (sorted[below] * (1 - share)) + (sorted[below + 1] * share);
    }

    private static double ResampledMean(double[] values, SeededRandom random)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += values[random.NextInt(values.Length)];
        }

        return sum / values.Length;
    }

    private static double MeanOf(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
