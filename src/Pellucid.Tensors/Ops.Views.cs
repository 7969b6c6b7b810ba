namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>An array of zeros.</summary>
    public Tensor Zeros(Shape shape) => Made(Tensor.Zeros(shape));

    /// <summary>Whole numbers, as places and ranges are given in. They have no derivative and are never recorded.</summary>
    /// <param name="values">Row-major, as many as the shape holds.</param>
    /// <param name="shape">The shape.</param>
    /// <returns>I32.</returns>
    /// <exception cref="ShapeException">The number of values is another.</exception>
    public Tensor Integers(ReadOnlySpan<int> values, Shape shape)
    {
        if (values.Length != shape.Count)
        {
            throw new ShapeException($"Integers: {values.Length} values do not fill {shape}.");
        }

        Tensor result = New(shape, DType.I32);
        values.CopyTo(result.AsSpan<int>());
        return result;
    }

    /// <summary>The same values under another shape; a view of <paramref name="x"/>'s memory.</summary>
    /// <exception cref="ShapeException">The number of values differs, or x is a view with gaps.</exception>
    public Tensor Reshape(Tensor x, Shape shape) => Record(
        Made(x.Reshape(shape)), 0, static (in step) => step.Give(0, step.Ops.Reshape(step.Gradient, step.ShapeOf(0))), [NodeOf(x)]);

    /// <summary>The axes in another order; a view of <paramref name="x"/>'s memory.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="order">Each axis once: <c>Transpose(x, 1, 0)</c> turns a matrix.</param>
    /// <exception cref="ShapeException">The order is not a permutation of the axes.</exception>
    public Tensor Transpose(Tensor x, params ReadOnlySpan<int> order)
    {
        Tensor result = Made(x.Transpose(order));
        return Record(result, Inverse(order), static (in step) =>
        {
            Extents<int> back = step.State;
            step.Give(0, step.Ops.Transpose(step.Gradient, ((ReadOnlySpan<int>)back)[..step.Gradient.Shape.Rank]));
        }, [NodeOf(x)]);
    }

    /// <summary>A range of one axis; a view of <paramref name="x"/>'s memory.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <param name="start">First index kept.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ShapeException">The range is not inside the axis.</exception>
    public Tensor Slice(Tensor x, int axis, int start, int length) => Record(
        Made(x.Slice(axis, start, length)), (axis, start),
        static (in step) =>
        {
            Tensor part = step.Ops.Zeros(step.ShapeOf(0));
            Put(step.Gradient, part, step.State.axis, step.State.start);
            step.Give(0, part);
        },
        [NodeOf(x)]);

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

        return Record(result, 0, static (in step) => step.Give(0, step.Ops.SumLeading(step.Gradient, step.ShapeOf(0))), [NodeOf(x)]);
    }

    /// <summary>Arrays one after another along an axis.</summary>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <param name="parts">At least one; equal in all other axes.</param>
    /// <exception cref="ShapeException">There are none, they differ in another axis, or there is no such axis.</exception>
    public Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts)
    {
        const int Most = OperandSlots<int>.Most;
        if (parts.Length > Most)
        {
            int half = parts.Length / 2;
            Tensor left = Concat(axis, parts[..half]), right = Concat(axis, parts[half..]);
            return Concat(axis, left, right);
        }

        Tensor result = New(Joined(axis, parts));
        OperandSlots<TapeNode?> nodes = default;
        OperandSlots<(int, int)> ranges = default;
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            Put(parts[i], result, axis, start);
            (nodes[i], ranges[i]) = (NodeOf(parts[i]), (start, parts[i].Shape[axis]));
            start += parts[i].Shape[axis];
        }

        return Record(result, (axis, parts.Length, ranges), ConcatRule, nodes);
    }

    private static void ConcatRule(in BackwardStep<(int Axis, int Parts, OperandSlots<(int Start, int Length)> Ranges)> step)
    {
        (int axis, int parts, OperandSlots<(int Start, int Length)> ranges) = step.State;
        for (int i = 0; i < parts; i++)
        {
            if (step.Wants(i))
            {
                step.Give(i, step.Ops.Slice(step.Gradient, axis, ranges[i].Start, ranges[i].Length));
            }
        }
    }

    private static Shape Joined(int axis, ReadOnlySpan<Tensor> parts)
    {
        int length = 0;
        foreach (Tensor part in parts)
        {
            ReadOnlySpan<int> sizes = part.Shape.Sizes, first = parts[0].Shape.Sizes;
            if ((uint)axis >= (uint)sizes.Length || sizes.Length != first.Length
                || !sizes[..axis].SequenceEqual(first[..axis]) || !sizes[(axis + 1)..].SequenceEqual(first[(axis + 1)..]))
            {
                throw new ShapeException($"Concat: {parts[0].Shape} and {part.Shape} cannot be joined along axis {axis}; all other axes have to be equal.");
            }

            length = checked(length + part.Shape[axis]);
        }

        if (parts.IsEmpty)
        {
            throw new ShapeException("Concat: no arrays were given; one or more were expected.");
        }

        Span<int> joined = stackalloc int[parts[0].Shape.Rank];
        parts[0].Shape.Sizes.CopyTo(joined);
        joined[axis] = length;
        return new Shape(joined);
    }

    /// <summary>Copies an array to where it stands in a larger contiguous one, from an index of an axis on.</summary>
    private static void Put(Tensor part, Tensor whole, int axis, int start)
    {
        using Operand from = Plain(part);
        long inner = 1;
        foreach (int size in part.Shape.Sizes[(axis + 1)..])
        {
            inner *= size;
        }

        (long run, long stride) = (inner * part.Shape[axis], inner * whole.Shape[axis]);
        for (long at = 0, to = start * inner; at < part.Count; at += run, to += stride)
        {
            Copy(from.Pointer + at, whole.Pointer + to, run);
        }
    }

    private static Extents<int> Inverse(ReadOnlySpan<int> order)
    {
        Extents<int> inverse = default;
        for (int i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return inverse;
    }
}
