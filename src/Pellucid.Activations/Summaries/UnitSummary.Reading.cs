namespace Pellucid.Activations;

public sealed partial class UnitSummary
{
    /// <summary>Mean value.</summary>
    public double Mean(int unit) => _powers[0][unit] / Tokens;

    /// <summary>Variance about the mean, population form.</summary>
    public double Variance(int unit) => Math.Max(0, (_powers[1][unit] / Tokens) - (Mean(unit) * Mean(unit)));

    /// <summary>Third standardized moment; NaN for a constant unit.</summary>
    public double Skewness(int unit)
    {
        double mean = Mean(unit), variance = Variance(unit);
        double third = (_powers[2][unit] / Tokens) - (3 * mean * variance) - (mean * mean * mean);
        return third / Math.Pow(variance, 1.5);
    }

    /// <summary>Fourth standardized moment (3 for a normal); NaN for a constant unit.</summary>
    public double Kurtosis(int unit)
    {
        double mean = Mean(unit), variance = Variance(unit), second = _powers[1][unit] / Tokens, third = _powers[2][unit] / Tokens;
        double fourth = (_powers[3][unit] / Tokens) - (4 * mean * third) + (6 * mean * mean * second) - (3 * mean * mean * mean * mean);
        return fourth / (variance * variance);
    }

    /// <summary>Smallest value; +∞ before any token.</summary>
    public float Min(int unit) => _min[unit];

    /// <summary>Largest value; −∞ before any token.</summary>
    public float Max(int unit) => _max[unit];

    /// <summary>Tokens on which the unit was above zero.</summary>
    public long ActiveTokens(int unit) => _active[unit];

    /// <summary>Share of tokens on which the unit was above zero, 0 to 1.</summary>
    public double Density(int unit) => Tokens == 0 ? 0 : (double)_active[unit] / Tokens;

    /// <summary>Counts by the bins of <see cref="LogHistogram"/>.</summary>
    public ReadOnlySpan<int> Histogram(int unit) => _histogram.AsSpan(unit * LogHistogram.Bins, LogHistogram.Bins);

    /// <summary>A quantile, from the histogram: right to 4.5 %.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="q">0 to 1.</param>
    public double Quantile(int unit, double q)
    {
        double wanted = q * Tokens, seen = 0;
        ReadOnlySpan<int> counts = Histogram(unit);
        for (int bin = 0; bin < counts.Length; bin++)
        {
            seen += counts[bin];
            if (seen >= wanted && counts[bin] > 0)
            {
                return Math.Clamp(LogHistogram.Middle(bin), _min[unit], _max[unit]);
            }
        }

        return _max[unit];
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
}
