using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>Native memory that is kept from call to call and grows to the largest size asked for. Not for use from several threads.</summary>
internal sealed unsafe class GrowingBuffer : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>The first byte; null before the first <see cref="Reserve"/>.</summary>
    internal void* Pointer => _buffer is null ? null : _buffer.Pointer;

    /// <summary>At least <paramref name="bytes"/> bytes, aligned to 64; the contents are undefined if it grew.</summary>
    internal void* Reserve(long bytes)
    {
        if (_buffer is null || (long)_buffer.Capacity < bytes)
        {
            Dispose();
            _buffer = NativeBuffer.Rent(Math.Max(bytes, 64));
        }

        return _buffer.Pointer;
    }

    /// <summary>Like <see cref="Reserve"/>, but the first <paramref name="used"/> bytes stay; grows by half at least.</summary>
    internal void* Extend(long used, long bytes)
    {
        if (_buffer is null || (long)_buffer.Capacity < bytes)
        {
            NativeBuffer larger = NativeBuffer.Rent(Math.Max(bytes, _buffer is null ? 64 : (long)_buffer.Capacity * 3 / 2));
            if (_buffer is not null)
            {
                Buffer.MemoryCopy(_buffer.Pointer, larger.Pointer, used, used);
                _buffer.Release();
            }

            _buffer = larger;
        }

        return _buffer.Pointer;
    }

    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();
}
