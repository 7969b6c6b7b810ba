using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void BinaryKernel(float* x, float* y, float* z, long length);

    private delegate void RowKernel(float* x, float* y, float* z, long rows, int width);

    /// <summary>left + right; the shapes are equal, or right's is the trailing part of left's and repeats over the rest.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Add(Tensor left, Tensor right) => Repeating("Add", left, right, Elementwise.Add, Elementwise.AddRowVector);

    /// <summary>left − right, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Subtract(Tensor left, Tensor right) =>
        Repeating("Subtract", left, right, Elementwise.Subtract, Elementwise.SubtractRowVector);

    /// <summary>left × right value by value, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Multiply(Tensor left, Tensor right) =>
        Repeating("Multiply", left, right, Elementwise.Multiply, Elementwise.MultiplyRowVector);

    /// <summary>x × factor.</summary>
    public Tensor Scale(Tensor x, float factor)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Elementwise.Scale(plain.Pointer, factor, result.Pointer, x.Count);
        return result;
    }

    /// <summary>max(x, 0).</summary>
    public Tensor Relu(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Elementwise.Relu(plain.Pointer, result.Pointer, x.Count);
        return result;
    }

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

    private Tensor Equal(string name, Tensor left, Tensor right, BinaryKernel kernel)
    {
        Require(left.Shape == right.Shape, name, left, right, "equal shapes");
        using Operand a = Plain(left), b = Plain(right);
        Tensor result = New(left.Shape);
        kernel(a.Pointer, b.Pointer, result.Pointer, left.Count);
        return result;
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
