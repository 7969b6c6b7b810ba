namespace Pellucid.Tensors.Memory;

/// <summary>
/// A block of native memory, aligned to 64 bytes at least, shared by a tensor and its views through a reference count. The last release
/// returns it to <see cref="BufferPool"/>; a buffer that was forgotten is reclaimed by its finalizer.
/// </summary>
internal sealed unsafe class NativeBuffer(BufferPool pool)
{
    private int _references;

    ~NativeBuffer() => pool.Reclaim(this, _references > 0);

    /// <summary>The first byte; null while a large block's buffer waits without memory.</summary>
    internal byte* Pointer { get; private set; }

    /// <summary>Bytes usable from <see cref="Pointer"/> on; at least what was asked for.</summary>
    internal nuint Capacity { get; private set; }

    /// <summary>The region that a large block is cut from.</summary>
    internal Region? Region { get; private set; }

    /// <summary>Whether more than one array refers to it.</summary>
    internal bool IsShared => Volatile.Read(ref _references) > 1;

    /// <summary>Takes a block of at least <paramref name="bytes"/> bytes from the pool; its contents are undefined.</summary>
    internal static NativeBuffer Rent(long bytes) => MemoryPlan.Pool.Rent(bytes);

    internal NativeBuffer AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            pool.Return(this);
        }
    }

    /// <summary>Makes it live, with one owner.</summary>
    internal void Revive(byte* pointer, nuint capacity, Region? region)
    {
        Pointer = pointer;
        (Capacity, Region) = (capacity, region);
        _references = 1;
    }

    /// <summary>Leaves its memory to others.</summary>
    internal void Forget()
    {
        Pointer = null;
        (Capacity, Region) = (0, null);
    }
}
