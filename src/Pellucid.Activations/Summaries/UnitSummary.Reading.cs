using Pellucid.Tensors;

namespace Pellucid.Activations;

public sealed partial class UnitSummary
{
    /// <summary>Mean value; NaN before any token.</summary>
    public double Mean(int unit) => _powers[0][unit] / Tokens;

    /// <summary>Variance about the mean, population form; 0 for a constant unit. From sums of powers: right to 1e-14 · mean² and better.</summary>
    public double Variance(int unit) => IsConstant(unit) ? 0 : Math.Max(0, (_powers[1][unit] / Tokens) - (Mean(unit) * Mean(unit)));

    /// <summary>Third standardized moment; NaN for a constant unit.</summary>
    public double Skewness(int unit)
    {
        double mean = Mean(unit), variance = Variance(unit);
        double third = (_powers[2][unit] / Tokens) - (3 * mean * variance) - (mean * mean * mean);
        return variance > 0 ? third / Math.Pow(variance, 1.5) : double.NaN;
    }

    /// <summary>Fourth standardized moment (3 for a normal); NaN for a constant unit.</summary>
    public double Kurtosis(int unit)
    {
        double mean = Mean(unit), variance = Variance(unit), second = _powers[1][unit] / Tokens, third = _powers[2][unit] / Tokens;
        double fourth = (_powers[3][unit] / Tokens) - (4 * mean * third) + (6 * mean * mean * second) - (3 * mean * mean * mean * mean);
        return variance > 0 ? fourth / (variance * variance) : double.NaN;
    }

    /// <summary>Smallest value; +∞ before any token.</summary>
    public float Min(int unit) => _min[unit];

    /// <summary>Largest value; −∞ before any token.</summary>
    public float Max(int unit) => _max[unit];

    /// <summary>Tokens on which the unit was above zero.</summary>
    public long ActiveTokens(int unit) => _active[unit];

    /// <summary>Share of tokens on which the unit was above zero, 0 to 1.</summary>
    public double Density(int unit) => Tokens == 0 ? 0 : (double)_active[unit] / Tokens;

    /// <summary>Counts by the bins of <see cref="LogHistogram"/>; they add up to <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<int> Histogram(int unit) => _histogram.AsSpan(unit * LogHistogram.Bins, LogHistogram.Bins);

    /// <summary>
    /// A quantile: the smallest value that at least a share <paramref name="q"/> of all values does not exceed. 0 and 1 give the minimum
    /// and the maximum exactly; others come from the histogram and are right to 6.25 % of a magnitude between 2^−20 and 2^12.
    /// </summary>
    /// <param name="unit">The unit.</param>
    /// <param name="q">0 to 1.</param>
    /// <returns>The quantile; NaN before any token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double Quantile(int unit, double q)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(q is >= 0 and <= 1, true, nameof(q));
        if (Tokens == 0)
        {
            return double.NaN;
        }

        if (q is 0 or 1)
        {
            return q == 0 ? _min[unit] : _max[unit];
        }

        double wanted = q * Tokens, seen = 0;
        ReadOnlySpan<int> counts = Histogram(unit);
        int bin = -1;
        do
        {
            seen += counts[++bin];
        }
        while (seen < wanted);
        return Math.Clamp(LogHistogram.Middle(bin), _min[unit], _max[unit]);
    }

    /// <summary>The windows with the largest values, largest first.</summary>
    public IReadOnlyList<Example> Top(int unit) => [.. _top[unit]];

    /// <summary>Windows chosen at random.</summary>
    public IReadOnlyList<Example> Random(int unit) => [.. _random[unit]];

    /// <summary>Windows whose maximum lies in a range, chosen at random within each octave, weakest octave first.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="low">Smallest maximum, above 0.</param>
    /// <param name="high">Largest maximum.</param>
    public IReadOnlyList<Example> Between(int unit, double low, double high)
    {
        List<Example> found = [];
        for (int octave = 0; octave < Octaves; octave++)
        {
            foreach (Example example in _strata[(unit * Octaves) + octave])
            {
                if (example.Max >= low && example.Max <= high)
                {
                    found.Add(example);
                }
            }
        }

        return found;
    }

    private bool IsConstant(int unit) => _min[unit] == _max[unit];

    /// <summary>Refuses a storage type whose range does not hold the values.</summary>
    internal void RequireRange(DType storage, string hook)
    {
        const float largestHalf = 65504;
        for (int unit = 0; storage == DType.F16 && unit < Units; unit++)
        {
            float largest = Math.Max(Max(unit), -Min(unit));
            if (largest > largestHalf)
            {
                throw new PellucidException($"Unit {unit} of {hook} reaches {largest}, beyond the {largestHalf} of F16. Store as BF16 or F32.");
            }
        }
    }
}
