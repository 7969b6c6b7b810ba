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
            plain.Pointer, weight.Inputs, x.Shape.Rows, weight, result.Pointer, weight.Outputs, false, bias is null ? null : addend.Pointer,
            activation);
        return Record(result, weight, LinearRule, [node, weightNode, biasNode], [weightNode is null ? null : x]);
    }

    /// <summary>f(x · W + b) for parameters, with respect to which gradients are asked for.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">[inputs, outputs], in its packed form where it has one.</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="activation">f.</param>
    /// <returns>[..., outputs].</returns>
    /// <exception cref="ShapeException">The last axis of x is not the matrix's inputs, or the bias is not as long as its outputs.</exception>
    public Tensor Linear(Tensor x, Parameter weight, Parameter? bias = null, Activation activation = Activation.None)
    {
        (Tensor matrix, Tensor? addend) = (Watch(weight), bias is null ? null : Watch(bias));
        if (weight.Packed is { } packed)
        {
            return Linear(x, packed, addend, activation);
        }

        if (x.Shape.Rank == 0 || matrix.Shape.Rank != 2 || x.Shape.Width != matrix.Shape[0])
        {
            throw new ShapeException($"Linear: {x.Shape} does not fit parameter '{weight.Name}' {matrix.Shape}; [..., inputs] and [inputs, outputs] were expected.");
        }

        Tensor product = MatMul(Reshape(x, new Shape(x.Shape.Rows, x.Shape.Width)), matrix);
        product = Reshape(product, x.Shape.WithWidth(matrix.Shape[1]));
        return Activate(addend is null ? product : Add(product, addend), activation);
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
            bool turned = step.NodeOf(1).Origin is not LeafNode { Matrix: not null }; // the gradient of a table that the matrix is tied to
            step.Give(1, step.Ops.WeightGradient(step.Saved(0), gradient, turned));
        }

        if (step.Wants(2))
        {
            step.Give(2, step.Ops.SumLeading(gradient, step.ShapeOf(2)));
        }
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
}
