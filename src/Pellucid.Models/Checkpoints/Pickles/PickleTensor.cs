using Pellucid.Tensors;

namespace Pellucid.Models.Pickles;

/// <summary>
/// A tensor as a pickle describes it: the value at index (i, j, …) is value <c>offset + i·strides[0] + j·strides[1] + …</c> of the storage. Its
/// values lie in the file until <see cref="PickleFile"/> reads them. Every index is inside the storage. Immutable.
/// </summary>
public sealed class PickleTensor
{
    private readonly long[] _strides;

    internal PickleTensor(PickleStorage storage, long offset, Shape shape, long[] strides) =>
        (Storage, Offset, Shape, _strides) = (storage, offset, shape, strides);

    /// <summary>The values that it is a view of.</summary>
    public PickleStorage Storage { get; }

    /// <summary>Which value of the storage is its first.</summary>
    public long Offset { get; }

    /// <summary>Sizes, outermost first; no axes for a single value.</summary>
    public Shape Shape { get; }

    /// <summary>Values of the storage from one index to the next, for each axis; 0 where all indices name the same values.</summary>
    public ReadOnlySpan<long> Strides => _strides;

    /// <summary>How its values are held.</summary>
    public PickleType Type => Storage.Type;

    /// <summary>Values of the storage from its first to its last, both included; 0 where it has none.</summary>
    internal long Reach
    {
        get
        {
            long reach = Shape.Count == 0 ? 0 : 1;
            for (int axis = 0; axis < Shape.Rank && reach > 0; axis++)
            {
                reach += (Shape.Sizes[axis] - 1) * _strides[axis];
            }

            return reach;
        }
    }

    /// <summary>Whether the values from an axis on lie one after another.</summary>
    internal bool IsContiguousFrom(int axis)
    {
        long expected = 1;
        for (int inner = Shape.Rank - 1; inner >= axis; inner--)
        {
            if (Shape.Sizes[inner] != 1 && _strides[inner] != expected)
            {
                return false;
            }

            expected *= Shape.Sizes[inner];
        }

        return true;
    }
}
