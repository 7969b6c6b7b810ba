using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>Reads a file from front to back through a small buffer, and refuses what would lie past its end before anything is taken for it.</summary>
internal sealed class GgufCursor(string path, SafeFileHandle file, long start)
{
    private const int LongestBuffer = 1 << 16;

    private readonly long _length = RandomAccess.GetLength(file);
    private readonly byte[] _buffer = new byte[Math.Clamp(RandomAccess.GetLength(file) - start, 16, LongestBuffer)];
    private long _start = start;
    private int _at, _filled;

    /// <summary>Where the next byte is read.</summary>
    internal long Position => _start + _at;

    /// <summary>Bytes of the file that follow.</summary>
    internal long Remaining => _length - Position;

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A number of things that follow, of which each has at least so many bytes.</summary>
    internal long Count(string what, int leastBytes)
    {
        ulong count = UInt64();
        return count <= (ulong)(Remaining / leastBytes) ? (long)count : throw Bad($"it claims {count} {what}; the {Remaining} bytes that follow have room for {Remaining / leastBytes}");
    }

    /// <summary>A text that is no longer than it may be.</summary>
    internal string Text(string what, int longest)
    {
        long bytes = Count($"bytes of {what}", 1);
        return bytes <= longest ? Utf8((int)bytes) : throw Bad($"{what} has {bytes} bytes; at most {longest} were expected");
    }

    /// <summary>A text of so many bytes; what is no UTF-8 reads as U+FFFD.</summary>
    internal string Utf8(int bytes)
    {
        if (bytes <= _buffer.Length)
        {
            ReadOnlySpan<byte> taken = Take(bytes);
            return bytes == 1 && taken[0] < 128 ? ((char)taken[0]).ToString() : Encoding.UTF8.GetString(taken);
        }

        return Encoding.UTF8.GetString(Bytes(bytes));
    }

    /// <summary>So many bytes as they are.</summary>
    internal byte[] Bytes(int count)
    {
        Require(count);
        byte[] whole = new byte[count];
        ReadExactly(whole, Position);
        Skip(count);
        return whole;
    }

    internal void Skip(long bytes)
    {
        Require(bytes);
        if (bytes <= _filled - _at)
        {
            _at += (int)bytes;
        }
        else
        {
            (_start, _at, _filled) = (Position + bytes, 0, 0);
        }
    }

    internal BadFileException Bad(string problem) => new(path, problem, "Get the file again");

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _filled - _at)
        {
            Require(bytes);
            (_start, _at) = (Position, 0);
            _filled = (int)Math.Min(_buffer.Length, _length - _start);
            ReadExactly(_buffer.AsSpan(0, _filled), _start);
        }

        _at += bytes;
        return _buffer.AsSpan(_at - bytes, bytes);
    }

    private void ReadExactly(Span<byte> destination, long start)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(file, destination[done..], start + done);
            done += read > 0 ? read : throw Bad($"it ends at byte {start + done}, within its header");
        }
    }

    private void Require(long bytes)
    {
        if (bytes > Remaining)
        {
            throw Bad($"it ends at byte {_length}, within its header: {bytes} more bytes were expected at {Position}");
        }
    }
}
