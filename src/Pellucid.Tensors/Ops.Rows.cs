using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>Each row of x times its own factor.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="factors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of factors is not the number of rows.</exception>
    public Tensor MultiplyRows(Tensor x, Tensor factors)
    {
        (TapeNode? first, TapeNode? second) = (NodeOf(x), NodeOf(factors));
        return Record(ByRow("MultiplyRows", x, factors, Elementwise.MultiplyRowScalars), 0, static (in step) =>
        {
            if (step.Wants(0))
            {
                step.Give(0, step.Ops.MultiplyRows(step.Gradient, step.Saved(1)));
            }

            if (step.Wants(1))
            {
                using Operand x = Plain(step.Saved(0)), gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(1));
                RowReductions.Dots(gradient.Pointer, x.Pointer, part.Pointer, part.Count, step.Gradient.Shape.Width);
                step.Give(1, part);
            }
        }, [first, second], [second is null ? null : x, first is null ? null : factors]);
    }

    /// <summary>Each row of x divided by its own number, as in x / scale of a normalization.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="divisors">[..., 1]: as many values as x has rows.</param>
    /// <exception cref="ShapeException">The number of divisors is not the number of rows.</exception>
    public Tensor DivideRows(Tensor x, Tensor divisors)
    {
        Tensor result = ByRow("DivideRows", x, divisors, Elementwise.DivideRowScalars);
        TapeNode? second = NodeOf(divisors);
        return Record(result, 0, static (in step) =>
        {
            if (step.Wants(0))
            {
                step.Give(0, step.Ops.DivideRows(step.Gradient, step.Saved(0)));
            }

            if (step.Wants(1))
            {
                using Operand divisors = Plain(step.Saved(0)), result = Plain(step.Saved(1)), gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(1));
                RowReductions.DivisorGradient(
                    gradient.Pointer, result.Pointer, divisors.Pointer, part.Pointer, part.Count, step.Gradient.Shape.Width);
                step.Give(1, part);
            }
        }, [NodeOf(x), second], [divisors, second is null ? null : result]);
    }

    private Tensor ByRow(string name, Tensor x, Tensor factors, RowKernel kernel)
    {
        Require(factors.Count == x.Shape.Rows, name, x, factors, "one value for each row of the first");
        using Operand a = Plain(x), b = Plain(factors);
        Tensor result = New(x.Shape);
        kernel(a.Pointer, b.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }
}
