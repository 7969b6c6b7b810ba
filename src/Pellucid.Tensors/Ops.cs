namespace Pellucid.Tensors;

/// <summary>
/// The operations that a forward pass is written in, and the scope that owns what they make: every result lives until the scope is
/// disposed, unless it is shared out with <see cref="Tensor.Share"/> or given back early with <see cref="Release"/>.
/// </summary>
/// <remarks>
/// A forward pass written over one <see cref="Ops"/> is written once: what runs here runs the same where a <see cref="Tape"/> records it.
/// Every operation makes a new array (<see cref="Reshape"/> and <see cref="Slice"/>: a view) and leaves its arguments as they are; it keeps them
/// alive while it computes. Arguments of any storage type and any strides are taken; results are F32. One scope belongs to one thread.
/// </remarks>
public sealed unsafe partial class Ops : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <summary>Gives an array's memory back before the scope ends, if this scope owns it; it must not be used again.</summary>
    public void Release(Tensor tensor)
    {
        if (TryDisown(tensor))
        {
            LetGo(tensor);
        }
    }

    /// <summary>Makes this scope the owner of an array made elsewhere, in place of the scope that was.</summary>
    public Tensor Own(Tensor tensor)
    {
        if (tensor.Owner != this)
        {
            tensor.Owner?.TryDisown(tensor);
            tensor.IsMade = false;
            Hold(tensor);
        }

        return tensor;
    }

    /// <summary>Frees everything that this scope still owns.</summary>
    public void Dispose() => Clear();

    /// <summary>Frees everything that this scope owns; the scope can be used again.</summary>
    public void Clear()
    {
        foreach (Tensor tensor in _owned)
        {
            tensor.Owner = null;
            LetGo(tensor);
        }

        _owned.Clear();
    }

    private Tensor New(Shape shape, DType type = DType.F32) => Made(Tensor.Empty(shape, type));

    /// <summary>Becomes the owner of an array that an operation of this scope made, and that nobody else has.</summary>
    private Tensor Made(Tensor tensor)
    {
        tensor.IsMade = true;
        return Hold(tensor);
    }

    private Tensor Hold(Tensor tensor)
    {
        (tensor.Owner, tensor.OwnerIndex) = (this, _owned.Count);
        _owned.Add(tensor);
        return tensor;
    }

    /// <summary>Takes an array out of the scope: it is the caller's from now on.</summary>
    internal Tensor Disown(Tensor tensor)
    {
        TryDisown(tensor);
        return tensor;
    }

    /// <summary>Takes an array out of the scope, if it is this scope's.</summary>
    internal bool TryDisown(Tensor tensor)
    {
        if (tensor.Owner != this)
        {
            return false;
        }

        Tensor last = _owned[^1];
        (_owned[tensor.OwnerIndex], last.OwnerIndex) = (last, tensor.OwnerIndex);
        _owned.RemoveAt(_owned.Count - 1);
        tensor.Owner = null;
        return true;
    }

    /// <summary>The array itself if it is one run of F32 values, else a copy that is, given back when the operation ends.</summary>
    private static Operand Plain(Tensor tensor) => tensor.DType == DType.F32 && tensor.IsContiguous ? new(tensor, false) : new(tensor.To(DType.F32), true);

    private static void Copy(float* from, float* to, long count) => Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));

    private static void Require(bool fits, string operation, Tensor left, Tensor right, string expected)
    {
        if (!fits)
        {
            throw new ShapeException($"{operation}: {left.Shape} and {right.Shape} do not fit; expected {expected}.");
        }
    }

    /// <summary>
    /// An operand while a kernel reads it. A raw pointer keeps no array alive, and an array that nobody disposed is freed by its finalizer
    /// as soon as nothing refers to it, even in the middle of a kernel; the end of the <c>using</c> is what refers to it.
    /// </summary>
    private readonly ref struct Operand(Tensor tensor, bool copied)
    {
        internal float* Pointer => tensor.Pointer;

        internal ReadOnlySpan<long> Strides => tensor.Strides;

        public void Dispose()
        {
            GC.KeepAlive(tensor);
            if (copied)
            {
                tensor.Recycle();
            }
        }
    }
}
