namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>An array of zeros.</summary>
    public Tensor Zeros(Shape shape) => Own(Tensor.Zeros(shape));

    /// <summary>The same values under another shape; a view of <paramref name="x"/>'s memory.</summary>
    /// <exception cref="ShapeException">The number of values differs, or x is a view with gaps.</exception>
    public Tensor Reshape(Tensor x, Shape shape) => Record(
        Own(x.Reshape(shape)), 0, static (in step) => step.Give(0, step.Ops.Reshape(step.Gradient, step.ShapeOf(0))), [NodeOf(x)]);

    /// <summary>A range of one axis; a view of <paramref name="x"/>'s memory.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <param name="start">First index kept.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ShapeException">The range is not inside the axis.</exception>
    public Tensor Slice(Tensor x, int axis, int start, int length) => Own(x.Slice(axis, start, length));

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

        using Operand from = Plain(x);
        Tensor result = New(shape);
        for (long at = 0; at < shape.Count; at += x.Count)
        {
            Copy(from.Pointer, result.Pointer + at, x.Count);
        }

        return result;
    }

    /// <summary>Rows of <paramref name="chosen"/> where the flag is set, rows of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="rows">A flag for each leading index; the values under one flag are neighbours.</param>
    /// <exception cref="ShapeException">The shapes differ, or the values do not divide among the flags.</exception>
    public Tensor SelectRows(Tensor x, Tensor chosen, ReadOnlySpan<bool> rows)
    {
        Require(
            x.Shape == chosen.Shape && rows.Length > 0 && x.Count % rows.Length == 0, "SelectRows", x, chosen,
            $"equal shapes whose values divide among {rows.Length} flags");
        using Operand a = Plain(x), b = Plain(chosen);
        Tensor result = New(x.Shape);
        long width = x.Count / rows.Length;
        for (int row = 0; row < rows.Length; row++)
        {
            Copy((rows[row] ? b : a).Pointer + (row * width), result.Pointer + (row * width), width);
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
        using Operand from = Plain(chosen);
        Tensor result = Own(x.To(DType.F32));
        for (long row = 0; row < x.Count; row += width)
        {
            foreach (int column in columns)
            {
                result.Pointer[row + column] = from.Pointer[row + column];
            }
        }

        return result;
    }

    /// <summary>At the keys that a query sees the values of <paramref name="x"/>, at later keys those of <paramref name="later"/>.</summary>
    /// <param name="x">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <param name="later">The same shape.</param>
    /// <exception cref="ShapeException">The shapes differ, there are not four axes, or more queries than keys.</exception>
    public Tensor SelectSeen(Tensor x, Tensor later)
    {
        Require(
            x.Shape == later.Shape && x.Shape.Rank == 4 && x.Shape[2] <= x.Shape[3], "SelectSeen", x, later,
            "twice the same [batch, head, query, key] with as many keys as queries or more");
        (int queries, int keys) = (x.Shape[2], x.Shape[3]);
        using Operand a = Plain(x), b = Plain(later);
        Tensor result = New(x.Shape);
        for (long row = 0; row < x.Shape.Rows; row++)
        {
            (long at, long seen) = (row * keys, keys - queries + (row % queries) + 1);
            Copy(a.Pointer + at, result.Pointer + at, seen);
            Copy(b.Pointer + at + seen, result.Pointer + at + seen, keys - seen);
        }

        return result;
    }

    /// <summary><paramref name="x"/> with the values at its lowest indices replaced by those of a smaller array.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="corner">As many axes, none longer than x's: value [i, j] comes to stand at [i, j] of the result.</param>
    /// <exception cref="ShapeException">The number of axes differs, or one of the corner's is longer.</exception>
    public Tensor Overlay(Tensor x, Tensor corner)
    {
        bool fits = x.Shape.Rank == corner.Shape.Rank && x.Shape.Rank > 0;
        for (int axis = 0; fits && axis < x.Shape.Rank; axis++)
        {
            fits = corner.Shape[axis] <= x.Shape[axis];
        }

        Require(fits, "Overlay", x, corner, "as many axes, none of the second longer");
        using Operand from = Plain(corner);
        Tensor result = Own(x.To(DType.F32));
        for (long row = 0; row < corner.Shape.Rows; row++)
        {
            (long at, long rest) = (0, row);
            for (int axis = x.Shape.Rank - 2; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, corner.Shape[axis]);
                at += index * result.Strides[axis];
            }

            Copy(from.Pointer + (row * corner.Shape.Width), result.Pointer + at, corner.Shape.Width);
        }

        return result;
    }

    /// <summary>The sum over one axis, in the order of its indices.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost; not the last.</param>
    /// <returns>The same axes without that one.</returns>
    /// <exception cref="ShapeException">The axis is the last, or there is no such axis.</exception>
    public Tensor Sum(Tensor x, int axis)
    {
        if (axis < 0 || axis >= x.Shape.Rank - 1)
        {
            throw new ShapeException($"Sum: axis {axis} of {x.Shape} cannot be summed over; 0 to {x.Shape.Rank - 2} can.");
        }

        using Operand from = Plain(x);
        Tensor result = Own(Tensor.Zeros(new Shape([.. x.Shape.Sizes[..axis], .. x.Shape.Sizes[(axis + 1)..]])));
        long inner = axis == 0 ? result.Count : result.Strides[axis - 1];
        for (long at = 0; at < x.Count; at += inner)
        {
            float* to = result.Pointer + (at / inner / x.Shape[axis] * inner);
            Kernels.Elementwise.Add(from.Pointer + at, to, to, inner);
        }

        return result;
    }
}
