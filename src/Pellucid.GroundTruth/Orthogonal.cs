namespace Pellucid.GroundTruth;

/// <summary>Directions in double precision: unit length, and the method of Gram and Schmidt.</summary>
internal static class Orthogonal
{
    /// <summary>The direction at length 1.</summary>
    internal static double[] Unit(double[] direction)
    {
        double norm = Math.Sqrt(direction.Sum(value => value * value));
        return [.. direction.Select(value => value / norm)];
    }

    /// <summary>Takes out of a direction what lies along unit directions that are orthogonal to each other: twice, since once leaves what rounding leaves.</summary>
    internal static void RemoveAll(double[] direction, ReadOnlySpan<double[]> others)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (double[] other in others)
            {
                Remove(direction, other);
            }
        }
    }

    /// <summary>Takes out of a direction what lies along a unit direction.</summary>
    internal static void Remove(double[] direction, double[] other)
    {
        double along = 0;
        for (int i = 0; i < direction.Length; i++)
        {
            along += direction[i] * other[i];
        }

        for (int i = 0; i < direction.Length; i++)
        {
            direction[i] -= along * other[i];
        }
    }
}
