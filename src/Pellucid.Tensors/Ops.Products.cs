namespace Pellucid.Tensors;

public sealed partial class Ops
{
    /// <summary>x · W for a matrix packed beforehand.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">inputs by outputs.</param>
    /// <returns>[..., outputs].</returns>
    /// <exception cref="ShapeException">The last axis of x is not the matrix's inputs.</exception>
    public Tensor Linear(Tensor x, PackedMatrix weight)
    {
        if (x.Shape.Width != weight.Inputs)
        {
            throw new ShapeException($"Linear: {x.Shape} does not fit a matrix of {weight.Inputs} inputs and {weight.Outputs} outputs.");
        }

        Tensor plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(weight.Outputs));
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            Product(plain.Row(row), weight.Values, result.Row(row));
        }

        return result;
    }

    /// <summary>The product of two matrices.</summary>
    /// <param name="left">[m, k], or [k, m] when transposed.</param>
    /// <param name="right">[k, n], or [n, k] when transposed.</param>
    /// <param name="transposeLeft">Use the left matrix turned.</param>
    /// <param name="transposeRight">Use the right matrix turned.</param>
    /// <returns>[m, n].</returns>
    /// <exception cref="ShapeException">The inner sizes differ, or an array is not a matrix.</exception>
    public Tensor MatMul(Tensor left, Tensor right, bool transposeLeft = false, bool transposeRight = false)
    {
        Require(left.Shape.Rank == 2 && right.Shape.Rank == 2, "MatMul", left, right, "two matrices");
        using Tensor a = transposeLeft ? left.Transpose(1, 0) : left.Share();
        using Tensor b = transposeRight ? right.Transpose(1, 0) : right.Share();
        Require(a.Shape[1] == b.Shape[0], "MatMul", a, b, "[m, k] and [k, n]");
        Tensor plainA = Plain(a), plainB = Plain(b);
        Tensor result = New(new Shape(a.Shape[0], b.Shape[1]));
        for (int row = 0; row < a.Shape[0]; row++)
        {
            Product(plainA.Row(row), plainB.AsSpan(), result.Row(row));
        }

        return result;
    }

    /// <summary>The rows of a table at the given indices.</summary>
    /// <param name="table">[count, width].</param>
    /// <param name="indices">Row-major for the leading axes of the result; each 0 to count − 1.</param>
    /// <param name="leading">The leading axes of the result; its size is the number of indices.</param>
    /// <returns>[leading..., width].</returns>
    /// <exception cref="ShapeException">An index is outside the table.</exception>
    public Tensor Gather(Tensor table, ReadOnlySpan<int> indices, Shape leading)
    {
        Tensor plain = Plain(table);
        Tensor result = New(new Shape([.. leading.Sizes, table.Shape.Width]));
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)table.Shape[0])
            {
                throw new ShapeException($"Gather: row {indices[i]} is outside the table {table.Shape}.");
            }

            plain.Row(indices[i]).CopyTo(result.Row(i));
        }

        return result;
    }

    private static void Product(ReadOnlySpan<float> x, ReadOnlySpan<float> matrix, Span<float> y)
    {
        y.Clear();
        for (int k = 0; k < x.Length; k++)
        {
            ReadOnlySpan<float> row = matrix.Slice(k * y.Length, y.Length);
            for (int n = 0; n < y.Length; n++)
            {
                y[n] += x[k] * row[n];
            }
        }
    }
}
