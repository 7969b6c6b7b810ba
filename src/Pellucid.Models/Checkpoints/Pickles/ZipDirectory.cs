// The zip format (PKWARE, APPNOTE.TXT 6.3): the end record (4.3.16), its 64-bit form (4.3.14, 4.3.15), the directory (4.3.12) and the header
// before each file (4.3.7). The framework's reader gives no place of a file's bytes, and rows of an array are read at theirs.
using System.Buffers.Binary;

namespace Pellucid.Models.Pickles;

/// <summary>Where the files of a zip archive lie. They must be stored as they are, inside the archive, and none over another.</summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;
    private const int EntryBytes = 46;
    private const int LocalBytes = 30;
    private const int LongestComment = ushort.MaxValue;

    internal static Dictionary<string, (long Start, long Length)> Read(FileBytes file, AllocationBudget budget)
    {
        (long count, long start, long length) = FindDirectory(file, budget);
        if (start < 0 || length < 0 || start > file.Length - length || count > length / EntryBytes)
        {
            throw file.Bad($"its zip directory claims {count} files in bytes {start}..{start + length} of {file.Length}");
        }

        budget.Charge(count * 160);
        PickleInput input = new(file, start, start + length);
        Dictionary<string, (long Start, long Length)> files = new((int)count, StringComparer.Ordinal);
        List<(long Header, long End, string Name)> places = new((int)count);
        for (long i = 0; i < count; i++)
        {
            (string name, long header, long bytes) = ReadEntry(file, input, budget);
            long data = DataStart(file, name, header, start);
            if (bytes > start - data)
            {
                throw file.Bad($"'{Shown(name)}' claims {bytes} bytes from byte {data}; its directory begins at byte {start}");
            }

            if (!files.TryAdd(name, (data, bytes)))
            {
                throw file.Bad($"'{Shown(name)}' is in it twice");
            }

            places.Add((header, data + bytes, name));
        }

        places.Sort((left, right) => left.Header.CompareTo(right.Header));
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Header < places[i - 1].End)
            {
                throw file.Bad($"'{Shown(places[i].Name)}' lies over '{Shown(places[i - 1].Name)}'");
            }
        }

        return files;
    }

    internal static string Shown(string name) => Checkpoints.JsonFile.Short(name);

    private static (string Name, long Header, long Bytes) ReadEntry(FileBytes file, PickleInput input, AllocationBudget budget)
    {
        if (input.ReadUInt32() != 0x02014B50)
        {
            throw file.Bad($"its zip directory has no entry at byte {input.Position - 4}");
        }

        _ = input.ReadUInt32(); // versions
        ushort flags = input.ReadUInt16(), method = input.ReadUInt16();
        _ = input.ReadUInt64(); // time, date, checksum
        (long packed, long bytes) = (input.ReadUInt32(), input.ReadUInt32());
        (int nameBytes, int extraBytes, int commentBytes) = (input.ReadUInt16(), input.ReadUInt16(), input.ReadUInt16());
        _ = input.ReadUInt64(); // disk, attributes
        long header = input.ReadUInt32();
        string name = input.ReadText((ulong)nameBytes, budget);
        byte[] extra = input.ReadBytes((ulong)extraBytes, budget);
        _ = input.ReadBytes((ulong)commentBytes, budget);
        Widen(extra, ref bytes, ref packed, ref header);
        return (flags & 1) == 0 && method == 0 && packed == bytes && bytes >= 0
            ? (name, header, bytes)
            : throw file.Bad($"'{Shown(name)}' in it is compressed or encrypted (method {method}, {packed} bytes for {bytes}); torch.save stores files as they are");
    }

    /// <summary>Sizes and place that did not fit 32 bits stand in the extra field 1, in this order, each only if it did not.</summary>
    private static void Widen(ReadOnlySpan<byte> extra, ref long bytes, ref long packed, ref long header)
    {
        while (extra.Length >= 4)
        {
            int tag = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            ReadOnlySpan<byte> values = extra.Slice(4, length);
            if (tag == 1)
            {
                Take(ref values, ref bytes);
                Take(ref values, ref packed);
                Take(ref values, ref header);
                return;
            }

            extra = extra[(4 + length)..];
        }

        static void Take(ref ReadOnlySpan<byte> values, ref long value)
        {
            if (value == uint.MaxValue && values.Length >= 8)
            {
                value = BinaryPrimitives.ReadInt64LittleEndian(values);
                values = values[8..];
            }
        }
    }

    private static long DataStart(FileBytes file, string name, long header, long directory)
    {
        Span<byte> local = stackalloc byte[LocalBytes];
        if (header < 0 || header > directory - LocalBytes)
        {
            throw file.Bad($"'{Shown(name)}' claims to begin at byte {header}; its directory begins at byte {directory}");
        }

        file.Read(local, header);
        return BinaryPrimitives.ReadUInt32LittleEndian(local) == 0x04034B50
            ? header + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..])
            : throw file.Bad($"'{Shown(name)}' is not at byte {header}, where its directory says that it begins");
    }

    private static (long Count, long Start, long Length) FindDirectory(FileBytes file, AllocationBudget budget)
    {
        int tailBytes = (int)Math.Min(file.Length, EndBytes + LongestComment);
        budget.Charge(tailBytes);
        byte[] tail = new byte[tailBytes];
        file.Read(tail, file.Length - tailBytes);
        for (int at = tailBytes - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) == 0x06054B50 && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == end.Length - EndBytes)
            {
                return Directory(file, end, file.Length - tailBytes + at);
            }
        }

        throw file.Bad("it begins as a zip archive but has no end record; it was cut off");
    }

    private static (long Count, long Start, long Length) Directory(FileBytes file, ReadOnlySpan<byte> end, long place)
    {
        (long count, long length, long start) =
            (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), BinaryPrimitives.ReadUInt32LittleEndian(end[16..]));
        if ((count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue) && place >= LocatorBytes + End64Bytes)
        {
            Span<byte> locator = stackalloc byte[LocatorBytes], end64 = stackalloc byte[End64Bytes];
            file.Read(locator, place - LocatorBytes);
            long place64 = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(locator) == 0x07064B50 && place64 >= 0 && place64 <= place - LocatorBytes - End64Bytes)
            {
                file.Read(end64, place64);
                if (BinaryPrimitives.ReadUInt32LittleEndian(end64) == 0x06064B50)
                {
                    (count, length, start, place) = (
                        BinaryPrimitives.ReadInt64LittleEndian(end64[32..]), BinaryPrimitives.ReadInt64LittleEndian(end64[40..]),
                        BinaryPrimitives.ReadInt64LittleEndian(end64[48..]), place64);
                }
            }
        }

        return count >= 0 && length >= 0 && start >= 0 && start <= place - length
            ? (count, start, length)
            : throw file.Bad($"its zip directory claims {count} files in {length} bytes from byte {start}; the end record is at byte {place}");
    }
}
