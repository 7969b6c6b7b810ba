namespace Pellucid.Tensors;

public sealed unsafe partial class Tensor
{
    /// <summary>The same values under another shape; shares memory.</summary>
    /// <exception cref="ShapeException">The number of values differs, or the array is a view with gaps.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count || !IsContiguous)
        {
            throw new ShapeException($"{Shape} cannot be seen as {shape}: {Count} against {shape.Count} values, or a view with gaps.");
        }

        return CutOff(View(_offset, shape, RowMajor(shape)));
    }

    /// <summary>A range of one axis; shares memory.</summary>
    /// <param name="axis">The axis, 0 outermost.</param>
    /// <param name="start">First index kept.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ShapeException">The range is not inside the axis.</exception>
    public Tensor Slice(int axis, int start, int length)
    {
        if ((uint)axis >= (uint)Shape.Rank || start < 0 || length < 0 || start > Shape[axis] - length)
        {
            throw new ShapeException($"{start}..{start + length} of axis {axis} is outside {Shape}.");
        }

        Span<int> sizes = stackalloc int[Shape.Rank];
        Shape.Sizes.CopyTo(sizes);
        sizes[axis] = length;
        return CutOff(View(_offset + (start * _strides[axis]), Shape.WithSizes(sizes), _strides));
    }

    /// <summary>The axes in another order; shares memory.</summary>
    /// <param name="order">Each axis once: <c>Transpose(1, 0)</c> turns a matrix.</param>
    /// <exception cref="ShapeException">The order is not a permutation of the axes.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> order)
    {
        int seen = 0;
        Span<int> sizes = stackalloc int[Shape.Rank];
        Extents<long> strides = default;
        for (int axis = 0; axis < Shape.Rank && axis < order.Length && (uint)order[axis] < (uint)Shape.Rank; axis++)
        {
            seen |= 1 << order[axis];
            (sizes[axis], strides[axis]) = (Shape[order[axis]], _strides[order[axis]]);
        }

        if (order.Length != Shape.Rank || seen != (1 << Shape.Rank) - 1)
        {
            throw new ShapeException($"[{string.Join(", ", order.ToArray())}] is not an order of the {Shape.Rank} axes of {Shape}.");
        }

        return CutOff(View(_offset, Shape.Turned(sizes, order), strides));
    }

    /// <summary>The same array under axis names; shares memory.</summary>
    /// <exception cref="ShapeException">The number of names is not the number of axes.</exception>
    public Tensor Named(params ReadOnlySpan<string> axes) => SameValues(Shape.Named(axes));

    /// <summary>A second owner of the same memory.</summary>
    public Tensor Share() => SameValues(Shape);

    /// <summary>A second owner of the same memory, which is on no tape.</summary>
    internal Tensor ShareUnrecorded() => View(_offset, Shape, _strides);

    /// <summary>The whole array as it is, recorded where this one is.</summary>
    private Tensor SameValues(Shape shape)
    {
        Tensor same = View(_offset, shape, _strides);
        (same.Place, same.IsCutOff) = (Place, IsCutOff);
        return same;
    }

    /// <summary>A view of what is recorded is not itself recorded, unless an operation says so afterwards.</summary>
    private Tensor CutOff(Tensor view)
    {
        view.IsCutOff = Place.IsRecorded || IsCutOff;
        return view;
    }

    /// <summary>The arguments are ready before the buffer counts another owner, so that one which is refused leaves no owner behind.</summary>
    private Tensor View(long offset, Shape shape, in Extents<long> strides) => Over(Buffer.AddReference(), offset, shape, strides, DType);
}
