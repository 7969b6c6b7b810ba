using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Memory;

/// <summary>
/// Keeps freed blocks for the next operation of the same size, since a forward pass asks for the same few sizes again and again.
/// Sizes are rounded up to four steps per power of two, so a block wastes at most a quarter. Safe for many threads.
/// </summary>
internal sealed unsafe partial class BufferPool
{
    private const nuint HugePage = 2u << 20;
    private const long MostKept = 256L << 20;
    private const int AdviseHugePage = 14;

    private readonly ConcurrentDictionary<nuint, ConcurrentStack<NativeBuffer>> _free = new();
    private long _kept;

    internal static BufferPool Shared { get; } = new();

    /// <summary>Bytes that wait for their next use; at most 256 MB.</summary>
    internal long Kept => Volatile.Read(ref _kept);

    internal NativeBuffer Rent(long bytes)
    {
        nuint size = RoundUp(bytes);
        if (_free.TryGetValue(size, out ConcurrentStack<NativeBuffer>? stack) && stack.TryPop(out NativeBuffer? buffer))
        {
            Interlocked.Add(ref _kept, -(long)size);
            buffer.Revive();
            return buffer;
        }

        return new NativeBuffer(Allocate(size), size);
    }

    /// <summary>
    /// Takes a block back. Where that is more than is kept, blocks of other sizes go first: they are of work that is over, and a pool full
    /// of them would serve nobody.
    /// </summary>
    internal void Return(NativeBuffer buffer)
    {
        nuint size = buffer.Capacity;
        if (Interlocked.Add(ref _kept, (long)size) > MostKept)
        {
            Trim(size);
            if (Volatile.Read(ref _kept) > MostKept)
            {
                Interlocked.Add(ref _kept, -(long)size);
                FreeNow(buffer);
                return;
            }
        }

        _free.GetOrAdd(size, _ => new ConcurrentStack<NativeBuffer>()).Push(buffer);
    }

    private void Trim(nuint except)
    {
        foreach ((nuint size, ConcurrentStack<NativeBuffer> stack) in _free)
        {
            while (size != except && Volatile.Read(ref _kept) > MostKept && stack.TryPop(out NativeBuffer? buffer))
            {
                Interlocked.Add(ref _kept, -(long)size);
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
