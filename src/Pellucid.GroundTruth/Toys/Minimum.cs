// Golden section search: Kiefer 1953, "Sequential minimax search for a maximum".
namespace Pellucid.GroundTruth.Toys;

/// <summary>Where a function of one number is least.</summary>
internal static class Minimum
{
    private const int Sections = 60; // each leaves 0.618 of the width: as far as a double can tell
    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>The place of the minimum of a function with one minimum between two places.</summary>
    internal static double Of(Func<double, double> function, double low, double high)
    {
        double left = high - (Golden * (high - low)), right = low + (Golden * (high - low)), atLeft = function(left), atRight = function(right);
        for (int section = 0; section < Sections; section++)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (Golden * (high - low));
                atLeft = function(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (Golden * (high - low));
                atRight = function(right);
            }
        }

        return (low + high) / 2;
    }
}
