using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void UnaryKernel(float* x, float* y, long length);

    private delegate void BinaryKernel(float* x, float* y, float* z, long length);

    private delegate void RowKernel(float* x, float* y, float* z, long rows, int width);

    /// <summary>left + right; the shapes are equal, or right's is the trailing part of left's and repeats over the rest.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Add(Tensor left, Tensor right) => Repeating("Add", left, right, Elementwise.Add, Elementwise.AddRowVector, false, static (in step) =>
    {
        if (step.Wants(0))
        {
            step.Give(0, step.Gradient);
        }

        if (step.Wants(1))
        {
            step.Give(1, step.Ops.SumLeading(step.Gradient, step.ShapeOf(1)));
        }
    });

    /// <summary>left − right, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Subtract(Tensor left, Tensor right) =>
        Repeating("Subtract", left, right, Elementwise.Subtract, Elementwise.SubtractRowVector, false, static (in step) =>
        {
            if (step.Wants(0))
            {
                step.Give(0, step.Gradient);
            }

            if (step.Wants(1))
            {
                step.Give(1, step.Ops.Scale(step.Ops.SumLeading(step.Gradient, step.ShapeOf(1)), -1));
            }
        });

    /// <summary>left × right value by value, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Multiply(Tensor left, Tensor right) =>
        Repeating("Multiply", left, right, Elementwise.Multiply, Elementwise.MultiplyRowVector, true, static (in step) =>
        {
            if (step.Wants(0))
            {
                step.Give(0, step.Ops.Multiply(step.Gradient, step.Saved(1)));
            }

            if (step.Wants(1))
            {
                step.Give(1, step.Ops.SumLeading(step.Ops.Multiply(step.Gradient, step.Saved(0)), step.ShapeOf(1)));
            }
        });

    /// <summary>x × factor.</summary>
    public Tensor Scale(Tensor x, float factor)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Elementwise.Scale(plain.Pointer, factor, result.Pointer, x.Count);
        return Record(
            result, factor, static (in step) => step.Give(0, step.Ops.Scale(step.Gradient, step.State)), [NodeOf(x)]);
    }

    /// <summary>max(x, 0); its derivative at 0 is 0.</summary>
    public Tensor Relu(Tensor x) => Unary(x, Elementwise.Relu);

    /// <summary>x · Φ(x) (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    public Tensor Gelu(Tensor x) => Unary(x, Elementwise.Gelu);

    /// <summary>The approximation of <see cref="Gelu"/> by tanh.</summary>
    public Tensor GeluTanh(Tensor x) => Unary(x, Elementwise.GeluTanh);

    /// <summary>x / (1 + e^−x).</summary>
    public Tensor Silu(Tensor x) => Unary(x, Elementwise.Silu);

    /// <summary>silu(gate) × up, silu(g) = g / (1 + e^−g) (Shazeer 2020, arXiv:2002.05202).</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor SwiGlu(Tensor gate, Tensor up) => Equal("SwiGlu", gate, up, Elementwise.SwiGlu);

    /// <summary>Each row of x times its own factor.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="factors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of factors is not the number of rows.</exception>
    public Tensor MultiplyRows(Tensor x, Tensor factors) => ByRow("MultiplyRows", x, factors, Elementwise.MultiplyRowScalars);

    /// <summary>Each row of x divided by its own number, as in x / scale of a normalization.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="divisors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of divisors is not the number of rows.</exception>
    public Tensor DivideRows(Tensor x, Tensor divisors) => ByRow("DivideRows", x, divisors, Elementwise.DivideRowScalars);

    private Tensor Unary(Tensor x, UnaryKernel kernel)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        kernel(plain.Pointer, result.Pointer, x.Count);
        return result;
    }

    private Tensor Equal(string name, Tensor left, Tensor right, BinaryKernel kernel)
    {
        Require(left.Shape == right.Shape, name, left, right, "equal shapes");
        using Operand a = Plain(left), b = Plain(right);
        Tensor result = New(left.Shape);
        kernel(a.Pointer, b.Pointer, result.Pointer, left.Count);
        return result;
    }

    /// <summary>An operation of two arrays; each operand's derivative reads the other one where <paramref name="keeps"/> says so.</summary>
    private Tensor Repeating(
        string name, Tensor left, Tensor right, BinaryKernel whole, RowKernel repeated, bool keeps, BackwardRule<int> rule)
    {
        (TapeNode? first, TapeNode? second) = (NodeOf(left), NodeOf(right));
        Tensor? savedLeft = keeps && second is not null ? left : null, savedRight = keeps && first is not null ? right : null;
        return Record(Repeating(name, left, right, whole, repeated), 0, rule, [first, second], [savedLeft, savedRight]);
    }

    /// <summary>The sum over the leading axes that a trailing part was repeated over.</summary>
    private Tensor SumLeading(Tensor x, Shape trailing)
    {
        if (x.Shape == trailing)
        {
            return x;
        }

        int width = checked((int)trailing.Count), repeats = checked((int)(width == 0 ? 0 : x.Count / width));
        return Reshape(Sum(Reshape(x, new Shape(repeats, width)), 0), trailing);
    }

    private Tensor Repeating(string name, Tensor left, Tensor right, BinaryKernel whole, RowKernel repeated)
    {
        Require(Repeats(left.Shape, right.Shape), name, left, right, "equal shapes, or the second the trailing part of the first");
        if (left.Shape == right.Shape)
        {
            return Equal(name, left, right, whole);
        }

        using Operand a = Plain(left), b = Plain(right);
        Tensor result = New(left.Shape);
        int width = checked((int)right.Count);
        repeated(a.Pointer, b.Pointer, result.Pointer, width == 0 ? 0 : left.Count / width, width);
        return result;
    }

    private Tensor ByRow(string name, Tensor x, Tensor factors, RowKernel kernel)
    {
        Require(factors.Count == x.Shape.Rows, name, x, factors, "one value for each row of the first");
        using Operand a = Plain(x), b = Plain(factors);
        Tensor result = New(x.Shape);
        kernel(a.Pointer, b.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }

    private static bool Repeats(Shape left, Shape right) =>
        right.Rank <= left.Rank && left.Sizes[^right.Rank..].SequenceEqual(right.Sizes);
}
