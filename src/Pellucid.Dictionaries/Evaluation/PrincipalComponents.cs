// Pearson 1901: the eigenvectors of the covariance.
using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Evaluation;

/// <summary>Directions of greatest variance of a store's rows: the linear baseline of a dictionary.</summary>
internal static class PrincipalComponents
{
    /// <summary>All components, [width, width], a row each, greatest variance first; signs are arbitrary.</summary>
    internal static Tensor Of(ActivationStore store, CancellationToken cancellationToken = default)
    {
        int width = store.Manifest.Width;
        SymmetricEigen eigen = SymmetricEigen.Of(Covariance(store, width, cancellationToken), width);
        Tensor components = Tensor.Empty(new Shape(width, width).Named("component", "d_in"));
        for (int component = 0; component < width; component++)
        {
            double[] direction = eigen.Vector(component);
            Span<float> row = components.Row(component);
            for (int i = 0; i < width; i++)
            {
                row[i] = (float)direction[i];
            }
        }

        return components;
    }

    private static double[] Covariance(ActivationStore store, int width, CancellationToken cancellationToken)
    {
        double[] mean = [.. Enumerable.Range(0, width).Select(store.Summary.Mean)];
        using Tensor negative = Tensor.From([.. mean.Select(value => (float)-value)]);
        double[] sum = new double[width * width];
        for (int shard = 0; shard < store.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using StoreShard rows = store.ReadShard(shard);
            using Ops ops = new();
            Tensor centred = ops.Add(rows.Activations, negative);
            ReadOnlySpan<float> products = ops.MatMul(centred, centred, transposeLeft: true).AsSpan();
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += products[i] / (double)store.Rows;
            }
        }

        return sum;
    }
}
