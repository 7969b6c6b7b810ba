namespace Pellucid.Tensors.Memory;

/// <summary>
/// A block of native memory, aligned to 64 bytes (2 MB for large blocks), shared by a tensor and its views through a reference count.
/// The last release returns it to <see cref="BufferPool"/>; a buffer that was forgotten is reclaimed by its finalizer.
/// </summary>
internal sealed unsafe class NativeBuffer
{
    private readonly BufferPool _pool;
    private int _references = 1;

    internal NativeBuffer(BufferPool pool, void* pointer, nuint capacity)
    {
        _pool = pool;
        Pointer = (byte*)pointer;
        Capacity = capacity;
        GC.AddMemoryPressure((long)capacity);
    }

    ~NativeBuffer()
    {
        if (_references > 0)
        {
            _pool.Forget(Capacity);
        }

        BufferPool.Free(this);
    }

    /// <summary>The first byte.</summary>
    internal byte* Pointer { get; }

    /// <summary>Bytes usable from <see cref="Pointer"/> on; at least what was asked for.</summary>
    internal nuint Capacity { get; }

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
            _pool.Return(this);
        }
    }

    /// <summary>Makes a pooled buffer live again, with one owner.</summary>
    internal void Revive() => _references = 1;
}
