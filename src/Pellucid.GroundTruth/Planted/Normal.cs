// The normal distribution's Φ by Marsaglia 2004, "Evaluating the normal distribution", J. Stat. Softw. 11(4):
//   Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + ...)
// summed until a term changes nothing; beyond |x| = 8 it is 0 or 1 to a double's precision. The quantile is found by bisection, since it is
// wanted once a feature.
namespace Pellucid.GroundTruth.Planted;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    private const double Beyond = 8;

    /// <summary>Probability of a value below <paramref name="x"/>.</summary>
    internal static double Below(double x)
    {
        if (Math.Abs(x) > Beyond)
        {
            return x < 0 ? 0 : 1;
        }

        double sum = x, term = x;
        for (int i = 3; ; i += 2)
        {
            term *= x * x / i;
            if (sum + term == sum)
            {
                return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
            }

            sum += term;
        }
    }

    /// <summary>The value below which a share <paramref name="p"/> lies; ±∞ at 0 and 1.</summary>
    internal static double Quantile(double p)
    {
        if (p is 0 or 1)
        {
            return p == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        double low = -Beyond, high = Beyond;
        for (int i = 0; i < 70; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle) < p ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
