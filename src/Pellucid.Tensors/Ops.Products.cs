using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>x · W for a matrix packed beforehand.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">inputs by outputs.</param>
    /// <returns>[..., outputs].</returns>
    /// <exception cref="ShapeException">The last axis of x is not the matrix's inputs.</exception>
    public Tensor Linear(Tensor x, PackedMatrix weight)
    {
        if (x.Shape.Rank == 0 || x.Shape.Width != weight.Inputs)
        {
            throw new ShapeException($"Linear: {x.Shape} does not fit a matrix of {weight.Inputs} inputs and {weight.Outputs} outputs.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(weight.Outputs));
        MatrixProduct.Multiply(plain.Pointer, weight.Inputs, x.Shape.Rows, weight, result.Pointer, weight.Outputs);
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
        (int m, int k) = transposeLeft ? (left.Shape[1], left.Shape[0]) : (left.Shape[0], left.Shape[1]);
        (int inner, int n) = transposeRight ? (right.Shape[1], right.Shape[0]) : (right.Shape[0], right.Shape[1]);
        Require(inner == k, "MatMul", left, right, "equal inner sizes, after turning");
        using Operand a = Plain(left), b = Plain(right);
        Tensor result = New(new Shape(m, n));
        MatrixProduct.Multiply(
            a.Pointer, left.Shape[1], transposeLeft, b.Pointer, right.Shape[1], transposeRight, result.Pointer, n, m, n, k);
        return result;
    }

    /// <summary>The rows of a table at the given indices.</summary>
    /// <param name="table">[count, width].</param>
    /// <param name="indices">Row-major for the leading axes of the result; each 0 to count − 1.</param>
    /// <param name="leading">The leading axes of the result; its size is the number of indices.</param>
    /// <returns>[leading..., width].</returns>
    /// <exception cref="ShapeException">An index is outside the table, the table is no matrix, or the number of indices is not the leading size.</exception>
    public Tensor Gather(Tensor table, ReadOnlySpan<int> indices, Shape leading)
    {
        if (table.Shape.Rank != 2 || leading.Count != indices.Length || indices.ContainsAnyExceptInRange(0, table.Shape[0] - 1))
        {
            throw new ShapeException($"Gather: {indices.Length} indices do not fit {leading} rows of the table {table.Shape}.");
        }

        using Operand plain = Plain(table);
        Tensor result = New(new Shape([.. leading.Sizes, table.Shape.Width]));
        long width = table.Shape.Width;
        for (int i = 0; i < indices.Length; i++)
        {
            Copy(plain.Pointer + (indices[i] * width), result.Pointer + (i * width), width);
        }

        return result;
    }
}
