using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <content>
/// The objects of arrays that nobody outside can hold serve the next arrays of the same thread, so that a step that is taken again and again
/// makes none. An array that a caller was given is let go to the collector, and throws when it is used after it was disposed.
/// </content>
public sealed partial class Tensor
{
    /// <summary>The scope that frees it, if one does.</summary>
    internal Ops? Owner { get; set; }

    /// <summary>Where it stands in the list of its owner.</summary>
    internal int OwnerIndex { get; set; }

    /// <summary>Whether an operation made it for the scope, which alone then says when it ends; not so one that was made elsewhere and given to it.</summary>
    internal bool IsMade { get; set; }

    /// <summary>Frees the array and lets its object serve another one: for who knows that nobody else holds it.</summary>
    internal void Recycle()
    {
        Dispose();
        (Place, IsCutOff, Owner, IsMade) = (default, false, null, false);
        Spare<Tensor>.Put(this);
    }

    private static Tensor Over(NativeBuffer buffer, long offset, Shape shape, in Extents<long> strides, DType type)
    {
        Tensor tensor = Spare<Tensor>.TryTake(out Tensor? spare) ? spare : new Tensor();
        (tensor._buffer, tensor._offset, tensor._strides, tensor.Shape, tensor.DType) = (buffer, offset, strides, shape, type);
        return tensor;
    }
}
