// Bills et al. 2023. Simulations are mapped to the scale of true activations by records set apart for it (the calibration split):
//   linear: a ≈ slope·s + intercept by least squares;  percentile: the sorted s are matched to the sorted a, linearly between, constant beyond.
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>A monotone map from simulated to true activations. Immutable.</summary>
public sealed class Calibration
{
    private readonly double[] _from;
    private readonly double[] _to;

    private Calibration(double[] from, double[] to, double slope, double intercept) => (_from, _to, Slope, Intercept) = (from, to, slope, intercept);

    /// <summary>Slope of a linear calibration; 1 for percentile matching.</summary>
    public double Slope { get; }

    /// <summary>Intercept of a linear calibration; 0 for percentile matching.</summary>
    public double Intercept { get; }

    /// <summary>Least squares; where the simulations do not vary, slope 0 and the mean as intercept.</summary>
    /// <exception cref="PellucidException">There is nothing to fit, or the two differ in number.</exception>
    public static Calibration Linear(IReadOnlyList<double> simulated, IReadOnlyList<double> actual)
    {
        Require(simulated, actual);
        double meanS = simulated.Average(), meanA = actual.Average(), ss = 0, sa = 0;
        for (int i = 0; i < actual.Count; i++)
        {
            ss += (simulated[i] - meanS) * (simulated[i] - meanS);
            sa += (simulated[i] - meanS) * (actual[i] - meanA);
        }

        double slope = ss > 0 ? sa / ss : 0;
        return new Calibration([], [], slope, meanA - (slope * meanS));
    }

    /// <summary>Percentile matching.</summary>
    /// <exception cref="PellucidException">There is nothing to fit, or the two differ in number.</exception>
    public static Calibration Percentile(IReadOnlyList<double> simulated, IReadOnlyList<double> actual)
    {
        Require(simulated, actual);
        return new Calibration([.. simulated.Order()], [.. actual.Order()], 1, 0);
    }

    /// <summary>The true activation expected of a simulated one.</summary>
    public double Apply(double simulated)
    {
        if (_from.Length == 0)
        {
            return (Slope * simulated) + Intercept;
        }

        int above = Array.FindIndex(_from, value => value > simulated);
        if (above <= 0)
        {
            return above == 0 ? _to[0] : _to[^1];
        }

        double share = (simulated - _from[above - 1]) / (_from[above] - _from[above - 1]);
        return _to[above - 1] + (share * (_to[above] - _to[above - 1]));
    }

    private static void Require(IReadOnlyList<double> simulated, IReadOnlyList<double> actual)
    {
        if (simulated.Count == 0 || simulated.Count != actual.Count)
        {
            throw new PellucidException($"A calibration needs pairs of values; {simulated.Count} simulated and {actual.Count} true ones were given.");
        }
    }
}
