using System.Buffers.Binary;
using System.Text;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Pickles;

/// <summary>A stretch of a file that is read from front to back, through a small buffer.</summary>
internal sealed class PickleInput(FileBytes file, long start, long end)
{
    private const int LongestLine = 256;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[4096];
    private int _at;
    private int _filled;

    internal FileBytes File => file;

    /// <summary>The next byte's place in the file.</summary>
    internal long Position { get; private set; } = start;

    /// <summary>Bytes from here to the end.</summary>
    internal long Left => end - Position;

    internal byte ReadByte()
    {
        if (_at == _filled)
        {
            if (Left <= 0)
            {
                throw Ended();
            }

            _filled = (int)Math.Min(_buffer.Length, Left);
            _at = 0;
            file.Read(_buffer.AsSpan(0, _filled), Position);
        }

        Position++;
        return _buffer[_at++];
    }

    internal ushort ReadUInt16() => (ushort)ReadNumber(2);

    internal uint ReadUInt32() => (uint)ReadNumber(4);

    internal int ReadInt32() => (int)ReadNumber(4);

    internal ulong ReadUInt64() => ReadNumber(8);

    internal double ReadDoubleBigEndian() => BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(ReadNumber(8)));

    /// <summary>The next bytes in an array of their own, once the file is known to have them.</summary>
    /// <exception cref="BadFileException">It has fewer.</exception>
    internal byte[] ReadBytes(ulong count, AllocationBudget budget)
    {
        if (count > (ulong)Math.Max(0, Left) || count > int.MaxValue / 2)
        {
            throw file.Bad($"it claims {count} bytes at byte {Position}; {Math.Max(0, Left)} are left");
        }

        budget.Charge((long)count + 24);
        byte[] bytes = new byte[count];
        int held = (int)Math.Min((long)count, _filled - _at);
        _buffer.AsSpan(_at, held).CopyTo(bytes);
        _at += held;
        Position += held;
        file.Read(bytes.AsSpan(held), Position);
        Position += bytes.Length - held;
        return bytes;
    }

    /// <summary>The next bytes as UTF-8.</summary>
    internal string ReadText(ulong count, AllocationBudget budget)
    {
        byte[] bytes = ReadBytes(count, budget);
        budget.Charge((2L * bytes.Length) + 32);
        return Text(bytes);
    }

    /// <summary>Text to the end of the line, which has to come soon.</summary>
    internal string ReadLine()
    {
        Span<byte> line = stackalloc byte[LongestLine];
        for (int length = 0; length < line.Length; length++)
        {
            line[length] = ReadByte();
            if (line[length] == '\n')
            {
                return Text(line[..length]);
            }
        }

        throw file.Bad($"it has a name of more than {LongestLine} bytes before byte {Position}");
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw file.Bad($"its text before byte {Position} is not UTF-8");
        }
    }

    private ulong ReadNumber(int bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (ulong)ReadByte() << (8 * i);
        }

        return value;
    }

    private BadFileException Ended() => file.Bad($"it ends at byte {Position}, in the middle of its description");
}
