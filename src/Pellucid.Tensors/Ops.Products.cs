using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>f(x · W + b) for a matrix packed beforehand.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">inputs by outputs.</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="activation">f.</param>
    /// <returns>[..., outputs].</returns>
    /// <exception cref="ShapeException">The last axis of x is not the matrix's inputs, or the bias is not as long as its outputs.</exception>
    public Tensor Linear(Tensor x, PackedMatrix weight, Tensor? bias = null, Activation activation = Activation.None)
    {
        if (x.Shape.Rank == 0 || x.Shape.Width != weight.Inputs || (bias is not null && bias.Count != weight.Outputs))
        {
            string with = bias is null ? "" : $" and a bias {bias.Shape}";
            throw new ShapeException($"Linear: {x.Shape}{with} does not fit a matrix of {weight.Inputs} inputs and {weight.Outputs} outputs.");
        }

        TapeNode? node = NodeOf(x), weightNode = _tape?.NodeOf(weight), biasNode = bias is null ? null : NodeOf(bias);
        if (activation != Activation.None && (node ?? weightNode ?? biasNode) is not null)
        {
            return Activate(Linear(x, weight, bias), activation); // the derivative reads what enters the activation
        }

        using Operand plain = Plain(x), addend = Plain(bias ?? x);
        Tensor result = New(x.Shape.WithWidth(weight.Outputs));
        MatrixProduct.Multiply(
            plain.Pointer, weight.Inputs, x.Shape.Rows, weight, result.Pointer, weight.Outputs, false, bias is null ? null : addend.Pointer);
        result = activation == Activation.None ? result : Activate(result, activation);
        return Record(result, weight, LinearRule, [node, weightNode, biasNode], [weightNode is null ? null : x]);
    }

    /// <summary>The activation as an operation of its own.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="activation">Which.</param>
    public Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.None => x,
        Activation.Relu => Relu(x),
        Activation.Gelu => Gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        _ => Silu(x),
    };

    private static void LinearRule(in BackwardStep<PackedMatrix> step)
    {
        PackedMatrix weight = step.State;
        Tensor gradient = step.Ops.Reshape(step.Gradient, new Shape(step.Gradient.Shape.Rows, weight.Outputs));
        if (step.Wants(0))
        {
            step.Give(0, step.Ops.Reshape(step.Ops.LinearTransposed(gradient, weight), step.ShapeOf(0)));
        }

        if (step.Wants(1))
        {
            Tensor x = step.Saved(0);
            step.Give(1, step.Ops.MatMul(step.Ops.Reshape(x, new Shape(x.Shape.Rows, weight.Inputs)), gradient, transposeLeft: true));
        }

        if (step.Wants(2))
        {
            step.Give(2, step.Ops.SumLeading(gradient, step.ShapeOf(2)));
        }
    }

    /// <summary>y · Wᵀ.</summary>
    private Tensor LinearTransposed(Tensor y, PackedMatrix weight)
    {
        Tensor matrix = New(new Shape(weight.Inputs, weight.Outputs));
        weight.Unpack(matrix.AsSpan());
        Tensor result = MatMul(y, matrix, transposeRight: true);
        Release(matrix);
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
        (TapeNode? first, TapeNode? second) = (NodeOf(left), NodeOf(right));
        return Record(
            result, (transposeLeft, transposeRight), MatMulRule, [first, second], [second is null ? null : left, first is null ? null : right]);
    }

    private static void MatMulRule(in BackwardStep<(bool Left, bool Right)> step)
    {
        (bool left, bool right) = step.State;
        if (step.Wants(0))
        {
            Tensor other = step.Saved(1);
            step.Give(0, left ? step.Ops.MatMul(other, step.Gradient, right, true) : step.Ops.MatMul(step.Gradient, other, false, !right));
        }

        if (step.Wants(1))
        {
            Tensor other = step.Saved(0);
            step.Give(1, right ? step.Ops.MatMul(step.Gradient, other, true, left) : step.Ops.MatMul(other, step.Gradient, !left, false));
        }
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

        TapeNode? node = NodeOf(table);
        return node is null ? result : Record(result, indices.ToArray(), GatherRule, [node]);
    }

    private static void GatherRule(in BackwardStep<int[]> step)
    {
        Tensor part = step.Ops.Zeros(step.ShapeOf(0));
        using Operand gradient = Plain(step.Gradient);
        int width = part.Shape.Width;
        for (int i = 0; i < step.State.Length; i++)
        {
            float* row = part.Pointer + ((long)step.State[i] * width);
            Elementwise.Add(row, gradient.Pointer + ((long)i * width), row, width);
        }

        step.Give(0, part);
    }
}
