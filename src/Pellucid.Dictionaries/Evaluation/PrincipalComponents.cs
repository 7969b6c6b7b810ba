// Pearson 1901; the eigenvectors of the covariance by Jacobi's method (Golub and Van Loan, Matrix Computations, 4th ed., 8.5): rotations that each
// make one off-diagonal element zero, swept over all of them until what is left is rounding.
using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Evaluation;

/// <summary>Directions of greatest variance of a store's rows: the linear baseline of a dictionary.</summary>
internal static class PrincipalComponents
{
    private const int MostSweeps = 60;

    /// <summary>All components, [width, width], a row each, greatest variance first; signs are arbitrary.</summary>
    internal static Tensor Of(ActivationStore store, CancellationToken cancellationToken = default)
    {
        int width = store.Manifest.Width;
        double[] covariance = Covariance(store, width, cancellationToken);
        double[] vectors = Eigenvectors(covariance, width);
        int[] order = [.. Enumerable.Range(0, width).OrderByDescending(i => covariance[(i * width) + i])];
        Tensor components = Tensor.Empty(new Shape(width, width).Named("component", "d_in"));
        for (int component = 0; component < width; component++)
        {
            Span<float> row = components.Row(component);
            for (int i = 0; i < width; i++)
            {
                row[i] = (float)vectors[(i * width) + order[component]];
            }
        }

        return components;
    }

    /// <summary>Turns a symmetric matrix into a diagonal one, in place, and returns the rotation: its columns are the eigenvectors.</summary>
    internal static double[] Eigenvectors(double[] matrix, int size)
    {
        double[] rotation = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            rotation[(i * size) + i] = 1;
        }

        double all = matrix.Sum(value => value * value);
        for (int sweep = 0; sweep < MostSweeps && OffDiagonal(matrix, size) > 1e-26 * all; sweep++)
        {
            for (int p = 0; p < size - 1; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    Rotate(matrix, rotation, size, p, q);
                }
            }
        }

        return rotation;
    }

    private static void Rotate(double[] matrix, double[] rotation, int size, int p, int q)
    {
        double between = matrix[(p * size) + q];
        if (between == 0)
        {
            return;
        }

        double tau = (matrix[(q * size) + q] - matrix[(p * size) + p]) / (2 * between);
        double tangent = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + (tau * tau)));
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = tangent * cosine;
        for (int i = 0; i < size; i++)
        {
            Turn(ref matrix[(i * size) + p], ref matrix[(i * size) + q], cosine, sine);
        }

        for (int i = 0; i < size; i++)
        {
            Turn(ref matrix[(p * size) + i], ref matrix[(q * size) + i], cosine, sine);
            Turn(ref rotation[(i * size) + p], ref rotation[(i * size) + q], cosine, sine);
        }
    }

    private static void Turn(ref double x, ref double y, double cosine, double sine) =>
        (x, y) = ((cosine * x) - (sine * y), (sine * x) + (cosine * y));

    private static double OffDiagonal(double[] matrix, int size)
    {
        double sum = 0;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                sum += row == column ? 0 : matrix[(row * size) + column] * matrix[(row * size) + column];
            }
        }

        return sum;
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
