using System.Numerics;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Memory;

/// <summary>
/// Keeps freed blocks for the next operation of the same size, since a forward pass asks for the same few sizes again and again.
/// Sizes are rounded up to four steps per power of two, so a block wastes at most a quarter. What waits and what is in use are together at
/// most what was in use at once before, or 256 MB more than is in use now. Safe for many threads.
/// </summary>
internal sealed unsafe partial class BufferPool(bool keeps = true)
{
    private const nuint HugePage = 2u << 20;
    private const long AlwaysKept = 256L << 20;
    private const int AdviseHugePage = 14;

    /// <summary>Bytes from which on an array is held against the limit: the system promises more memory than there is, and kills who believes it.</summary>
    private const long WorthAsking = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<nuint, Stack<NativeBuffer>> _free = [];
    private long _kept;
    private long _live;
    private long _peak;

    internal static BufferPool Shared { get; } = new();

    /// <summary>Bytes that wait for their next use.</summary>
    internal long Kept => Volatile.Read(ref _kept);

    /// <summary>Bytes that are in use.</summary>
    internal long Live => Volatile.Read(ref _live);

    /// <summary>The most bytes that were in use at once since <see cref="ResetPeak"/>.</summary>
    internal long Peak => Volatile.Read(ref _peak);

    internal void ResetPeak()
    {
        lock (_lock)
        {
            _peak = _live;
        }
    }

    internal NativeBuffer Rent(long bytes)
    {
        nuint size = RoundUp(bytes);
        if (bytes >= WorthAsking)
        {
            ComputeMemory.Require(bytes, "One array", "Use a smaller batch or a shorter context.");
        }

        lock (_lock)
        {
            _live += (long)size;
            _peak = Math.Max(_peak, _live);
            if (_free.TryGetValue(size, out Stack<NativeBuffer>? stack) && stack.TryPop(out NativeBuffer? buffer))
            {
                _kept -= (long)size;
                buffer.Revive();
                return buffer;
            }
        }

        try
        {
            return new NativeBuffer(this, Allocate(size), size);
        }
        catch
        {
            Forget(size);
            throw;
        }
    }

    /// <summary>
    /// Takes a block back. Where that is more than is kept, blocks of other sizes go first: they are of work that is over, and a pool full
    /// of them would serve nobody.
    /// </summary>
    internal void Return(NativeBuffer buffer)
    {
        nuint size = buffer.Capacity;
        lock (_lock)
        {
            _live -= (long)size;
            if (!HasRoom(size))
            {
                Trim(size);
            }

            if (HasRoom(size))
            {
                _kept += (long)size;
                if (!_free.TryGetValue(size, out Stack<NativeBuffer>? stack))
                {
                    _free.Add(size, stack = []);
                }

                stack.Push(buffer);
                return;
            }
        }

        FreeNow(buffer);
    }

    /// <summary>Counts a block that is gone without having come back.</summary>
    internal void Forget(nuint size)
    {
        lock (_lock)
        {
            _live -= (long)size;
        }
    }

    private bool HasRoom(nuint size) => keeps && _kept + (long)size <= Math.Max(AlwaysKept, _peak - _live);

    private void Trim(nuint except)
    {
        foreach ((nuint size, Stack<NativeBuffer> stack) in _free)
        {
            while (size != except && !HasRoom(except) && stack.TryPop(out NativeBuffer? buffer))
            {
                _kept -= (long)size;
                FreeNow(buffer);
            }
        }
    }

    private static void FreeNow(NativeBuffer buffer)
    {
        GC.SuppressFinalize(buffer);
        Free(buffer);
    }

    internal static void Free(NativeBuffer buffer)
    {
        NativeMemory.AlignedFree(buffer.Pointer);
        GC.RemoveMemoryPressure((long)buffer.Capacity);
    }

    private static nuint RoundUp(long bytes)
    {
        ulong wanted = (ulong)Math.Max(bytes, 64);
        ulong step = Math.Max(64, BitOperations.RoundUpToPowerOf2(wanted) / 8);
        return (nuint)((wanted + step - 1) / step * step);
    }

    private static void* Allocate(nuint size)
    {
        bool large = size >= HugePage;
        void* pointer;
        try
        {
            pointer = NativeMemory.AlignedAlloc(size, large ? HugePage : 64);
        }
        catch (OutOfMemoryException error)
        {
            throw new PellucidException(
                $"{size / 1e9:F2} GB of memory could not be had for one array. Use a smaller batch or a shorter context.", error);
        }

        if (large && OperatingSystem.IsLinux())
        {
            _ = AdviseMemory(pointer, size, AdviseHugePage); // a refusal costs speed, never correctness
        }

        return pointer;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nuint length, int advice);
}
