using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void BinaryKernel(float* x, float* y, float* z, long length);

    private delegate void RowKernel(float* x, float* y, float* z, long rows, int width);

    private delegate void PairGradientKernel(float* x, float* y, float* dz, float* dx, float* dy, long length);

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
                step.Give(1, step.Ops.DotLeading(step.Gradient, step.Saved(0), step.ShapeOf(1)));
            }
        });

    /// <summary>left / right value by value, repeating as <see cref="Add"/> does.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Divide(Tensor left, Tensor right)
    {
        Tensor result = Repeating("Divide", left, right, Elementwise.Divide, Elementwise.DivideRowVector);
        TapeNode? second = NodeOf(right);
        return Record(result, 0, static (in step) =>
        {
            Tensor part = step.Ops.Divide(step.Gradient, step.Saved(0));
            if (step.Wants(1))
            {
                Tensor product = step.Ops.Multiply(part, step.Saved(1));
                step.Give(1, step.Ops.Scale(step.Ops.SumLeading(product, step.ShapeOf(1)), -1));
            }

            if (step.Wants(0))
            {
                step.Give(0, part);
            }
        }, [NodeOf(left), second], [right, second is null ? null : result]);
    }

    /// <summary>The smaller of two values; where they are equal, each gets half of the gradient.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Min(Tensor left, Tensor right) => Pair("Min", left, right, Elementwise.Min, Elementwise.MinGradient);

    /// <summary>The larger of two values; where they are equal, each gets half of the gradient.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Max(Tensor left, Tensor right) => Pair("Max", left, right, Elementwise.Max, Elementwise.MaxGradient);

    /// <summary>silu(gate) × up, silu(g) = g / (1 + e^−g) (Shazeer 2020, arXiv:2002.05202).</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor SwiGlu(Tensor gate, Tensor up) => Pair("SwiGlu", gate, up, Elementwise.SwiGlu, Elementwise.SwiGluGradient);

    /// <summary>gelu(gate) × up, with the exact <see cref="Gelu"/> (Shazeer 2020, arXiv:2002.05202).</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor GeGlu(Tensor gate, Tensor up) => Pair("GeGlu", gate, up, Elementwise.GeGlu, Elementwise.GeGluGradient);

    /// <summary>gelu(gate) × up, with the approximation <see cref="GeluTanh"/>.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor GeGluTanh(Tensor gate, Tensor up) => Pair("GeGluTanh", gate, up, Elementwise.GeGluTanh, Elementwise.GeGluTanhGradient);

    /// <summary>Two arrays of one shape, whose gradients one kernel makes from both.</summary>
    private Tensor Pair(string name, Tensor left, Tensor right, BinaryKernel kernel, PairGradientKernel gradient) =>
        Record(Equal(name, left, right, kernel), gradient, PairRule, [NodeOf(left), NodeOf(right)], [left, right]);

    private static void PairRule(in BackwardStep<PairGradientKernel> step)
    {
        using Operand left = Plain(step.Saved(0)), right = Plain(step.Saved(1)), gradient = Plain(step.Gradient);
        Tensor first = step.Ops.New(step.Gradient.Shape), second = step.Ops.New(step.Gradient.Shape);
        step.State(left.Pointer, right.Pointer, gradient.Pointer, first.Pointer, second.Pointer, first.Count);
        if (step.Wants(0))
        {
            step.Give(0, first);
        }

        if (step.Wants(1))
        {
            step.Give(1, second);
        }
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

    /// <summary>The sum over the leading axes that a trailing part was repeated over.</summary>
    private Tensor SumLeading(Tensor x, Shape trailing)
    {
        if (x.Shape == trailing)
        {
            return x;
        }

        using Operand from = Plain(x);
        Tensor result = New(trailing);
        int width = checked((int)trailing.Count);
        RowReductions.ColumnSums(from.Pointer, result.Pointer, width == 0 ? 0 : x.Count / width, width);
        return result;
    }

    /// <summary>The same sum of products.</summary>
    private Tensor DotLeading(Tensor x, Tensor y, Shape trailing)
    {
        if (x.Shape == trailing)
        {
            return Multiply(x, y);
        }

        using Operand left = Plain(x), right = Plain(y);
        Tensor result = New(trailing);
        int width = checked((int)trailing.Count);
        RowReductions.ColumnDots(left.Pointer, right.Pointer, result.Pointer, width == 0 ? 0 : x.Count / width, width);
        return result;
    }

    private static bool Repeats(Shape left, Shape right) =>
        right.Rank <= left.Rank && left.Sizes[^right.Rank..].SequenceEqual(right.Sizes);
}
