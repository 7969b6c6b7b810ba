using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void BinaryKernel(float* x, float* y, float* z, long length);

    private delegate void RowKernel(float* x, float* y, float* z, long rows, int width);

    /// <summary>left + right; the shapes are equal, or right's is the trailing part of left's and repeats over the rest.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Add(Tensor left, Tensor right) => Repeating("Add", left, right, Elementwise.Add, Elementwise.AddRowVector);

    /// <summary>left − right, of equal shapes.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Subtract(Tensor left, Tensor right) => Equal("Subtract", left, right, Elementwise.Subtract);

    /// <summary>left × right value by value, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Multiply(Tensor left, Tensor right) =>
        Repeating("Multiply", left, right, Elementwise.Multiply, Elementwise.MultiplyRowVector);

    /// <summary>x × factor.</summary>
    public Tensor Scale(Tensor x, float factor)
    {
        Tensor plain = Plain(x), result = New(x.Shape);
        Elementwise.Scale(plain.Pointer, factor, result.Pointer, x.Count);
        return result;
    }

    /// <summary>max(x, 0).</summary>
    public Tensor Relu(Tensor x)
    {
        Tensor plain = Plain(x), result = New(x.Shape);
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

    /// <summary>Rows of <paramref name="chosen"/> where the flag is set, rows of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="rows">A flag for each leading index; the values under one flag are neighbours.</param>
    /// <exception cref="ShapeException">The shapes differ, or the values do not divide among the flags.</exception>
    public Tensor SelectRows(Tensor x, Tensor chosen, ReadOnlySpan<bool> rows)
    {
        Require(x.Shape == chosen.Shape && rows.Length > 0 && x.Count % rows.Length == 0, "SelectRows", x, chosen, "equal shapes");
        ReadOnlySpan<float> a = Plain(x).AsSpan(), b = Plain(chosen).AsSpan();
        Tensor result = New(x.Shape);
        Span<float> y = result.AsSpan();
        int width = a.Length / rows.Length;
        for (int row = 0; row < rows.Length; row++)
        {
            (rows[row] ? b : a).Slice(row * width, width).CopyTo(y[(row * width)..]);
        }

        return result;
    }

    /// <summary>Columns of <paramref name="chosen"/> where listed, columns of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="columns">Indices into the last axis.</param>
    /// <exception cref="ShapeException">The shapes differ, or an index is outside the last axis.</exception>
    public Tensor SelectColumns(Tensor x, Tensor chosen, ReadOnlySpan<int> columns)
    {
        int width = x.Shape.Width;
        Require(
            x.Shape == chosen.Shape && !columns.ContainsAnyExceptInRange(0, width - 1), "SelectColumns", x, chosen, "equal shapes and columns inside them");
        Tensor plain = Plain(chosen);
        Tensor result = Own(Plain(x).Copy());
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            Span<float> from = plain.Row(row), to = result.Row(row);
            foreach (int column in columns)
            {
                to[column] = from[column];
            }
        }

        return result;
    }

    /// <summary>An array of the given shape, with <paramref name="x"/> repeated over the leading axes.</summary>
    /// <param name="x">The trailing part.</param>
    /// <param name="shape">What to fill.</param>
    /// <exception cref="ShapeException">x is not the trailing part of the shape.</exception>
    public Tensor Broadcast(Tensor x, Shape shape)
    {
        if (!Repeats(shape, x.Shape))
        {
            throw new ShapeException($"Broadcast: {x.Shape} is not the trailing part of {shape}.");
        }

        ReadOnlySpan<float> from = Plain(x).AsSpan();
        Tensor result = New(shape);
        Span<float> to = result.AsSpan();
        for (int at = 0; at < to.Length; at += from.Length)
        {
            from.CopyTo(to[at..]);
        }

        return result;
    }

    private Tensor Equal(string name, Tensor left, Tensor right, BinaryKernel kernel)
    {
        Require(left.Shape == right.Shape, name, left, right, "equal shapes");
        Tensor a = Plain(left), b = Plain(right), result = New(left.Shape);
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

        Tensor a = Plain(left), b = Plain(right), result = New(left.Shape);
        int width = checked((int)right.Count);
        repeated(a.Pointer, b.Pointer, result.Pointer, width == 0 ? 0 : left.Count / width, width);
        return result;
    }

    private Tensor ByRow(string name, Tensor x, Tensor factors, RowKernel kernel)
    {
        Require(factors.Count == x.Shape.Rows, name, x, factors, "one value for each row of the first");
        Tensor a = Plain(x), b = Plain(factors), result = New(x.Shape);
        kernel(a.Pointer, b.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }

    private static bool Repeats(Shape left, Shape right) =>
        right.Rank <= left.Rank && left.Sizes[^right.Rank..].SequenceEqual(right.Sizes);
}
