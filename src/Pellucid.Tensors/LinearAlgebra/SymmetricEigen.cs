// Jacobi's method for symmetric matrices (Golub and Van Loan, Matrix Computations, 4th ed., 8.5): rotations that each make one off-diagonal
// element zero, swept over all of them until what is left is rounding.
namespace Pellucid.Tensors;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix of double precision, the greatest value first. Immutable, safe for any thread.</summary>
public sealed class SymmetricEigen
{
    private const int MostSweeps = 60;

    private readonly double[] _rotation;
    private readonly int[] _order;

    private SymmetricEigen(double[] diagonal, double[] rotation, int size)
    {
        _rotation = rotation;
        _order = [.. Enumerable.Range(0, size).OrderByDescending(i => diagonal[i * (size + 1)])];
        Values = [.. _order.Select(i => diagonal[i * (size + 1)])];
    }

    /// <summary>The eigenvalues, greatest first.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">[size, size] row by row; symmetric, which is not checked. It stays as it is.</param>
    /// <param name="size">Rows and columns, 1 or more; the time grows with its third power.</param>
    /// <exception cref="ShapeException">The matrix does not have size · size values.</exception>
    public static SymmetricEigen Of(ReadOnlySpan<double> matrix, int size)
    {
        if (size < 1 || matrix.Length != (long)size * size)
        {
            throw new ShapeException($"SymmetricEigen: {matrix.Length} values are not a matrix of {size} by {size}.");
        }

        double[] turned = matrix.ToArray(), rotation = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            rotation[i * (size + 1)] = 1;
        }

        double all = turned.Sum(value => value * value);
        for (int sweep = 0; sweep < MostSweeps && OffDiagonal(turned, size) > 1e-26 * all; sweep++)
        {
            for (int p = 0; p < size - 1; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    Rotate(turned, rotation, size, p, q);
                }
            }
        }

        return new SymmetricEigen(turned, rotation, size);
    }

    /// <summary>The unit eigenvector of <c>Values[index]</c>; its sign is arbitrary.</summary>
    public double[] Vector(int index)
    {
        int size = _order.Length;
        return [.. Enumerable.Range(0, size).Select(i => _rotation[(i * size) + _order[index]])];
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

    private static void Turn(ref double x, ref double y, double cosine, double sine) => (x, y) = ((cosine * x) - (sine * y), (sine * x) + (cosine * y));

    private static double OffDiagonal(double[] matrix, int size)
    {
        double sum = 0;
        for (int i = 0; i < matrix.Length; i++)
        {
            sum += i % (size + 1) == 0 ? 0 : matrix[i] * matrix[i];
        }

        return sum;
    }
}
