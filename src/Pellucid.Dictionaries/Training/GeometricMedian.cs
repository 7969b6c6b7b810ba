// Weiszfeld's algorithm (Weiszfeld 1937): the point with the least sum of distances, by m ← Σ x/‖x − m‖ / Σ 1/‖x − m‖.
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>The geometric median of some rows, at which Gao et al. 2024 start b_pre.</summary>
internal static class GeometricMedian
{
    private const int MostIterations = 100;

    /// <param name="rows">[rows, d_in].</param>
    internal static float[] Of(Tensor rows)
    {
        int width = rows.Shape.Width;
        double[] median = new double[width], next = new double[width];
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            Add(median, rows.Row(row), 1.0 / rows.Shape[0]);
        }

        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            Array.Clear(next);
            double total = 0;
            for (int row = 0; row < rows.Shape[0]; row++)
            {
                double weight = 1 / Math.Max(Distance(median, rows.Row(row)), 1e-8);
                Add(next, rows.Row(row), weight);
                total += weight;
            }

            double moved = 0, size = 0;
            for (int i = 0; i < width; i++)
            {
                double value = next[i] / total;
                moved += (value - median[i]) * (value - median[i]);
                size += value * value;
                median[i] = value;
            }

            if (moved <= 1e-12 * size)
            {
                break;
            }
        }

        return Array.ConvertAll(median, value => (float)value);
    }

    private static void Add(double[] to, ReadOnlySpan<float> row, double weight)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += weight * row[i];
        }
    }

    private static double Distance(double[] from, ReadOnlySpan<float> row)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++)
        {
            double difference = from[i] - row[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
