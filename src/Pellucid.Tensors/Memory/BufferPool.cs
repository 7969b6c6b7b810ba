using System.Numerics;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Memory;

/// <summary>
/// Gives arrays their memory and keeps what they leave for the next, since work asks for the same again and again. Large blocks are cut from
/// <see cref="Regions"/>; one that nobody uses goes back to the system where all such are more than 256 MB, and with what is in use more than a
/// quarter above what was in use at once before. Small ones wait by size, rounded up to four to eight steps per power of two, as many bytes as were in use at once
/// before, or 64 MB. Safe for many threads.
/// </summary>
/// <param name="keeps">Whether anything waits at all.</param>
internal sealed unsafe class BufferPool(bool keeps = true)
{
    private const long AlwaysKept = 256L << 20;
    private const long AlwaysKeptSmall = 64L << 20;

    /// <summary>Bytes from which on a block is cut from a region.</summary>
    private const long Large = 2L << 20;

    /// <summary>Bytes from which on an array is held against the limit: the system promises more memory than there is, and kills who believes it.</summary>
    private const long WorthAsking = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Regions _regions = new(keeps);
    private readonly Dictionary<nuint, Stack<NativeBuffer>> _small = [];
    private readonly Stack<NativeBuffer> _spent = [];
    private long _keptSmall;
    private long _liveSmall;
    private long _peakSmall;
    private long _live;
    private long _peak;

    internal static BufferPool Shared { get; } = new();

    /// <summary>Bytes that wait for their next use.</summary>
    internal long Kept
    {
        get
        {
            lock (_lock)
            {
                return _keptSmall + _regions.Held - (_live - _liveSmall);
            }
        }
    }

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
        if (bytes >= WorthAsking)
        {
            ComputeMemory.Require(bytes, "One array", "Use a smaller batch or a shorter context.");
        }

        lock (_lock)
        {
            return bytes >= Large ? RentLarge(Regions.RoundUp(bytes)) : RentSmall(RoundUp(bytes));
        }
    }

    /// <summary>Takes a block back.</summary>
    internal void Return(NativeBuffer buffer)
    {
        lock (_lock)
        {
            if (buffer.Region is not null)
            {
                ReturnLarge(buffer);
                _spent.Push(buffer);
                return;
            }

            nuint size = buffer.Capacity;
            CountSmall(-(long)size);
            if (HasRoom(size) || TrimSmall(size))
            {
                _keptSmall += (long)size;
                if (!_small.TryGetValue(size, out Stack<NativeBuffer>? stack))
                {
                    _small.Add(size, stack = []);
                }

                stack.Push(buffer);
                return;
            }
        }

        FreeSmall(buffer);
    }

    /// <summary>Takes back the memory of a block that was forgotten, or that waits in a pool which was.</summary>
    internal void Reclaim(NativeBuffer buffer, bool wasInUse)
    {
        lock (_lock)
        {
            if (buffer.Region is not null)
            {
                ReturnLarge(buffer);
                return;
            }

            CountSmall(wasInUse ? -(long)buffer.Capacity : 0);
        }

        if (buffer.Pointer is not null)
        {
            FreeSmall(buffer);
        }
    }

    private NativeBuffer RentLarge(nuint size)
    {
        (Region region, nuint address) = _regions.Take(size);
        if (!_spent.TryPop(out NativeBuffer? buffer))
        {
            buffer = new NativeBuffer(this);
        }

        buffer.Revive((byte*)address, size, region);
        Count((long)size);
        return buffer;
    }

    private void ReturnLarge(NativeBuffer buffer)
    {
        _regions.Return(buffer.Region!, (nuint)buffer.Pointer, buffer.Capacity);
        Count(-(long)buffer.Capacity);
        buffer.Forget();
        _regions.Trim(keeps ? Math.Max(AlwaysKept, _peak + (_peak / 4) - _live) : 0);
    }

    private NativeBuffer RentSmall(nuint size)
    {
        if (_small.TryGetValue(size, out Stack<NativeBuffer>? stack) && stack.TryPop(out NativeBuffer? buffer))
        {
            _keptSmall -= (long)size;
            buffer.Revive(buffer.Pointer, size, null);
        }
        else
        {
            byte* pointer = (byte*)NativeMemory.AlignedAlloc(size, 64);
            GC.AddMemoryPressure((long)size);
            buffer = new NativeBuffer(this);
            buffer.Revive(pointer, size, null);
        }

        CountSmall((long)size);
        return buffer;
    }

    private bool HasRoom(nuint size) => keeps && _keptSmall + (long)size <= Math.Max(AlwaysKeptSmall, _peakSmall - _liveSmall);

    /// <summary>Lets blocks of other sizes go: they are of work that is over, and a pool full of them would serve nobody.</summary>
    private bool TrimSmall(nuint except)
    {
        foreach ((nuint size, Stack<NativeBuffer> stack) in _small)
        {
            while (size != except && !HasRoom(except) && stack.TryPop(out NativeBuffer? buffer))
            {
                _keptSmall -= (long)size;
                FreeSmall(buffer);
            }
        }

        return HasRoom(except);
    }

    private void CountSmall(long bytes)
    {
        _liveSmall += bytes;
        _peakSmall = Math.Max(_peakSmall, _liveSmall);
        Count(bytes);
    }

    private void Count(long bytes)
    {
        _live += bytes;
        _peak = Math.Max(_peak, _live);
    }

    private static void FreeSmall(NativeBuffer buffer)
    {
        GC.SuppressFinalize(buffer);
        NativeMemory.AlignedFree(buffer.Pointer);
        GC.RemoveMemoryPressure((long)buffer.Capacity);
    }

    private static nuint RoundUp(long bytes)
    {
        ulong wanted = (ulong)Math.Max(bytes, 64);
        ulong step = Math.Max(64, BitOperations.RoundUpToPowerOf2(wanted) / 8);
        return (nuint)((wanted + step - 1) / step * step);
    }
}
