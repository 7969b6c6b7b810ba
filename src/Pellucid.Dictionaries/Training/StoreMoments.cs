using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>The mean and the variance of a store's rows, from one pass that also refuses what cannot be trained on.</summary>
/// <param name="Mean">Mean of each dimension, [d_in].</param>
/// <param name="Variance">E‖x − mean‖², summed over dimensions.</param>
internal sealed record StoreMoments(double[] Mean, double Variance)
{
    /// <exception cref="PellucidException">A row holds NaN or infinity, or all rows are equal.</exception>
    internal static StoreMoments Of(ActivationStore store, CancellationToken cancellationToken)
    {
        double[] sums = new double[store.Manifest.Width], squares = new double[sums.Length];
        for (int shard = 0; shard < store.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using StoreShard rows = store.ReadShard(shard);
            for (int row = 0; row < rows.Activations.Shape[0]; row++)
            {
                Add(rows.Activations.Row(row), sums, squares, (store.Folder, shard, row));
            }
        }

        double[] mean = Array.ConvertAll(sums, sum => sum / store.Rows);
        double scale = squares.Sum() / store.Rows, variance = scale - mean.Sum(value => value * value);
        return variance > 1e-12 * scale
            ? new StoreMoments(mean, variance)
            : throw new PellucidException($"All rows of store '{store.Folder}' are equal, so there is nothing to learn. Harvest another hook or other text.");
    }

    private static void Add(ReadOnlySpan<float> values, double[] sums, double[] squares, (string Folder, int Shard, int Row) place)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            if (!double.IsFinite(value))
            {
                throw new PellucidException(
                    $"Store '{place.Folder}' holds {values[i]} in row {place.Row} of shard {place.Shard}, dimension {i}; it cannot be trained on. Find where the model makes it and harvest again.");
            }

            sums[i] += value;
            squares[i] += value * value;
        }
    }
}
