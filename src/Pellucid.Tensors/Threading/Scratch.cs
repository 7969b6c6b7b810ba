using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Threading;

/// <summary>
/// Working memory that belongs to the calling thread and grows to the largest size asked for, so that a kernel's parts allocate nothing.
/// What a slot holds lasts until the same thread asks for the same slot again.
/// </summary>
internal static unsafe class Scratch
{
    private const int Slots = 4;

    [ThreadStatic]
    private static NativeBuffer?[]? _buffers;

    /// <summary>At least <paramref name="count"/> floats with undefined contents, aligned to 64 bytes.</summary>
    internal static float* Rent(int slot, long count)
    {
        NativeBuffer?[] buffers = _buffers ??= new NativeBuffer?[Slots];
        NativeBuffer? buffer = buffers[slot];
        if (buffer is null || (long)buffer.Capacity < count * sizeof(float))
        {
            buffers[slot] = null;
            buffer?.Release();
            buffers[slot] = buffer = NativeBuffer.Rent(count * sizeof(float));
        }

        return (float*)buffer.Pointer;
    }
}
