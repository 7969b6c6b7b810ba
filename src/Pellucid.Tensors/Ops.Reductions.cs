using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>The sum of all values.</summary>
    /// <param name="x">Any array of at most 2^31 − 1 values.</param>
    /// <returns>A scalar.</returns>
    public Tensor Sum(Tensor x)
    {
        using Operand from = Plain(x);
        Tensor result = New(new Shape());
        result.Pointer[0] = (float)Totals.Sum(from.Pointer, x.Count);
        return Record(result, 0, static (in step) =>
        {
            Tensor part = step.Ops.New(step.ShapeOf(0));
            AxisReductions.SumGradient(step.Gradient.Pointer, part.Pointer, 1, checked((int)part.Count), 1);
            step.Give(0, part);
        }, [NodeOf(x)]);
    }

    /// <summary>The mean of all values.</summary>
    /// <param name="x">Any array of at most 2^31 − 1 values; not an empty one.</param>
    /// <returns>A scalar.</returns>
    public Tensor Mean(Tensor x) => Scale(Sum(x), 1f / x.Count);

    /// <summary>The sum over one axis.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <returns>The same axes without that one.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Sum(Tensor x, int axis)
    {
        Reduction reduction = Reduction.Of("Sum", x.Shape, axis);
        using Operand from = Plain(x);
        Tensor result = New(reduction.Without(x.Shape));
        AxisReductions.Sum(from.Pointer, result.Pointer, reduction.Outer, reduction.Length, reduction.Inner);
        return Record(result, reduction, static (in step) =>
        {
            Tensor part = step.Ops.New(step.ShapeOf(0));
            AxisReductions.SumGradient(step.Gradient.Pointer, part.Pointer, step.State.Outer, step.State.Length, step.State.Inner);
            step.Give(0, part);
        }, [NodeOf(x)]);
    }

    /// <summary>The mean over one axis.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost; not an empty one.</param>
    /// <returns>The same axes without that one.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Mean(Tensor x, int axis) => Scale(Sum(x, axis), 1f / Reduction.Of("Mean", x.Shape, axis).Length);

    /// <summary>The largest over one axis; of equal ones the first gets the gradient.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost; not an empty one.</param>
    /// <returns>The same axes without that one.</returns>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    public Tensor Max(Tensor x, int axis)
    {
        Reduction reduction = Reduction.Of("Max", x.Shape, axis);
        if (reduction.Length == 0)
        {
            throw new ShapeException($"Max: axis {axis} of {x.Shape} is empty and has no largest value.");
        }

        using Operand from = Plain(x);
        Tensor result = New(reduction.Without(x.Shape)), indices = New(result.Shape, DType.I32);
        AxisReductions.Max(from.Pointer, result.Pointer, (int*)indices.RawPointer, reduction.Outer, reduction.Length, reduction.Inner);
        Record(result, reduction, static (in step) =>
        {
            Tensor part = step.Ops.New(step.ShapeOf(0));
            int* indices = (int*)step.Saved(0).RawPointer;
            AxisReductions.MaxGradient(step.Gradient.Pointer, indices, part.Pointer, step.State.Outer, step.State.Length, step.State.Inner);
            step.Give(0, part);
        }, [NodeOf(x)], [indices]);
        Release(indices);
        return result;
    }

    /// <summary>The inner product of each row with the same row of another array.</summary>
    /// <param name="left">[..., width].</param>
    /// <param name="right">The same shape.</param>
    /// <returns>[..., 1].</returns>
    /// <exception cref="ShapeException">The shapes differ, or are those of scalars.</exception>
    public Tensor DotRows(Tensor left, Tensor right)
    {
        Require(left.Shape == right.Shape && left.Shape.Rank > 0, "DotRows", left, right, "equal shapes of one axis or more");
        using Operand a = Plain(left), b = Plain(right);
        Tensor result = New(left.Shape.WithWidth(1));
        RowReductions.Dots(a.Pointer, b.Pointer, result.Pointer, result.Count, left.Shape.Width);
        (TapeNode? first, TapeNode? second) = (NodeOf(left), NodeOf(right));
        return Record(result, 0, static (in step) =>
        {
            if (step.Wants(0))
            {
                step.Give(0, step.Ops.MultiplyRows(step.Saved(1), step.Gradient));
            }

            if (step.Wants(1))
            {
                step.Give(1, step.Ops.MultiplyRows(step.Saved(0), step.Gradient));
            }
        }, [first, second], [second is null ? null : left, first is null ? null : right]);
    }

    /// <summary>The Euclidean length of each row; its derivative at a row of zeros is 0.</summary>
    /// <param name="x">[..., width].</param>
    /// <returns>[..., 1].</returns>
    /// <exception cref="ShapeException">x is a scalar.</exception>
    public Tensor NormRows(Tensor x)
    {
        using Operand from = Plain(x);
        Tensor result = New(x.Shape.WithWidth(1));
        RowReductions.Dots(from.Pointer, from.Pointer, result.Pointer, result.Count, x.Shape.Width);
        Elementwise.Sqrt(result.Pointer, result.Pointer, result.Count);
        return Record(result, 0, static (in step) =>
        {
            using Operand length = Plain(step.Saved(1));
            Tensor factors = step.Ops.New(step.Gradient.Shape);
            for (long row = 0; row < factors.Count; row++)
            {
                factors.Pointer[row] = length.Pointer[row] == 0 ? 0 : step.Gradient.Pointer[row] / length.Pointer[row];
            }

            step.Give(0, step.Ops.MultiplyRows(step.Saved(0), factors));
        }, [NodeOf(x)], [x, result]);
    }

    /// <summary>The cosine of the angle between each row and the same row of another array.</summary>
    /// <param name="left">[..., width].</param>
    /// <param name="right">The same shape.</param>
    /// <param name="epsilon">The product of lengths is at least this, so that a row of zeros gives 0.</param>
    /// <returns>[..., 1].</returns>
    /// <exception cref="ShapeException">The shapes differ, or are those of scalars.</exception>
    public Tensor CosineRows(Tensor left, Tensor right, float epsilon = 1e-8f) =>
        Divide(DotRows(left, right), Clamp(Multiply(NormRows(left), NormRows(right)), epsilon, float.PositiveInfinity));

    /// <summary>An array seen as [outer, length, inner] around the axis that is reduced.</summary>
    private readonly record struct Reduction(int Axis, long Outer, int Length, int Inner)
    {
        internal static Reduction Of(string operation, Shape shape, int axis)
        {
            if ((uint)axis >= (uint)shape.Rank)
            {
                throw new ShapeException($"{operation}: axis {axis} was asked for, but {shape} has the axes 0 to {shape.Rank - 1}.");
            }

            (long outer, long inner) = (1, 1);
            foreach (int size in shape.Sizes[..axis])
            {
                outer *= size;
            }

            foreach (int size in shape.Sizes[(axis + 1)..])
            {
                inner *= size;
            }

            return new Reduction(axis, outer, shape[axis], checked((int)inner));
        }

        internal Shape Without(Shape shape) => shape.Without(Axis);
    }
}
