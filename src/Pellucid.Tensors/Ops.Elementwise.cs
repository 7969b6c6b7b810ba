namespace Pellucid.Tensors;

public sealed partial class Ops
{
    /// <summary>left + right; the shapes are equal, or right's is the trailing part of left's and repeats over the rest.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Add(Tensor left, Tensor right) => Binary("Add", left, right, static (a, b) => a + b);

    /// <summary>left − right, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Subtract(Tensor left, Tensor right) => Binary("Subtract", left, right, static (a, b) => a - b);

    /// <summary>left × right value by value, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Multiply(Tensor left, Tensor right) => Binary("Multiply", left, right, static (a, b) => a * b);

    /// <summary>x × factor.</summary>
    public Tensor Scale(Tensor x, float factor) => Unary(x, value => value * factor);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu(Tensor x) => Unary(x, static value => MathF.Max(value, 0));

    /// <summary>silu(gate) × up, silu(g) = g / (1 + e^−g) (Shazeer 2020, arXiv:2002.05202).</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor SwiGlu(Tensor gate, Tensor up) => Binary("SwiGlu", gate, up, static (g, u) => g / (1 + MathF.Exp(-g)) * u);

    /// <summary>Each row of x times its own factor.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="factors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of factors is not the number of rows.</exception>
    public Tensor MultiplyRows(Tensor x, Tensor factors) => ByRow("MultiplyRows", x, factors, static (a, b) => a * b);

    /// <summary>Each row of x divided by its own number, as in x / scale of a normalization.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="divisors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of divisors is not the number of rows.</exception>
    public Tensor DivideRows(Tensor x, Tensor divisors) => ByRow("DivideRows", x, divisors, static (a, b) => a / b);

    /// <summary>Rows of <paramref name="chosen"/> where the flag is set, rows of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="rows">A flag for each leading index; the rows under one flag are neighbours.</param>
    /// <exception cref="ShapeException">The shapes differ, or the rows do not divide among the flags.</exception>
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
        Require(x.Shape == chosen.Shape && !columns.ContainsAnyExceptInRange(0, width - 1), "SelectColumns", x, chosen, "equal shapes and columns inside them");
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

    /// <summary>An array of the same shape as <paramref name="shape"/>, with <paramref name="x"/> repeated over the leading axes.</summary>
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

    private Tensor Unary(Tensor x, Func<float, float> f)
    {
        ReadOnlySpan<float> a = Plain(x).AsSpan();
        Tensor result = New(x.Shape);
        Span<float> y = result.AsSpan();
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = f(a[i]);
        }

        return result;
    }

    private Tensor Binary(string name, Tensor left, Tensor right, Func<float, float, float> f)
    {
        Require(Repeats(left.Shape, right.Shape), name, left, right, "equal shapes, or the second the trailing part of the first");
        ReadOnlySpan<float> a = Plain(left).AsSpan(), b = Plain(right).AsSpan();
        Tensor result = New(left.Shape);
        Span<float> y = result.AsSpan();
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = f(a[i], b[i % b.Length]);
        }

        return result;
    }

    private Tensor ByRow(string name, Tensor x, Tensor factors, Func<float, float, float> f)
    {
        Require(factors.Count == x.Shape.Rows, name, x, factors, "one value for each row of the first");
        ReadOnlySpan<float> a = Plain(x).AsSpan(), b = Plain(factors).AsSpan();
        Tensor result = New(x.Shape);
        Span<float> y = result.AsSpan();
        int width = x.Shape.Width;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = f(a[i], b[i / width]);
        }

        return result;
    }

    private static bool Repeats(Shape left, Shape right) =>
        right.Rank <= left.Rank && left.Sizes[^right.Rank..].SequenceEqual(right.Sizes);
}
