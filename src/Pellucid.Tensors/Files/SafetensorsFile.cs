using System.Buffers.Binary;
using System.Text.Json;

namespace Pellucid.Tensors.Files;

/// <summary>
/// A safetensors file: u64 header length, JSON header {name: {dtype, shape, data_offsets}}, data. The header is checked against the
/// file's size before anything is allocated. Arrays are read one at a time, when asked for. Reading is safe from many threads.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int LongestHeader = 100_000_000;

    private readonly FileStream _stream;

    private SafetensorsFile(
        string path, FileStream stream, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> unreadable, Dictionary<string, string> metadata)
    {
        Path = path;
        _stream = stream;
        Entries = entries;
        Unreadable = unreadable;
        Metadata = metadata;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The arrays that can be read, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>Names and storage types of the arrays that are well formed but cannot be read: BOOL, U8, I64 and the like.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; }

    /// <summary>The <c>__metadata__</c> texts.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="BadFileException">It is missing, truncated, or its header lies.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = OpenStream(path);
        try
        {
            return ReadHeader(path, stream);
        }
        catch (Exception error)
        {
            stream.Dispose();
            throw error switch
            {
                JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException =>
                    Bad(path, "its header is not the JSON of a safetensors file", error),
                IOException or NotSupportedException => Unreachable(path, error),
                _ => error,
            };
        }
    }

    /// <summary>The array of that name.</summary>
    /// <exception cref="BadFileException">There is no such array, or its storage type cannot be read.</exception>
    public SafetensorsEntry this[string name] => Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw (Unreadable.TryGetValue(name, out string? type)
            ? new BadFileException(Path, $"array '{name}' is stored as {type}", "F32, F64, BF16, F16 and I32 can be read")
            : new BadFileException(Path, $"it has no array '{name}'", $"It has: {string.Join(", ", Entries.Keys.Order(StringComparer.Ordinal).Take(12))}"));

    /// <summary>Reads one array into memory of its own.</summary>
    /// <exception cref="BadFileException">There is no such array, or the file ended early.</exception>
    public Tensor Read(string name) => Read(this[name], this[name].Shape, this[name].Start);

    /// <summary>Reads a range of the outermost axis of one array.</summary>
    /// <param name="name">The array.</param>
    /// <param name="start">First index.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="BadFileException">There is no such array, the range is outside it, or the file ended early.</exception>
    public Tensor ReadRange(string name, int start, int count)
    {
        SafetensorsEntry entry = this[name];
        if (entry.Shape.Rank == 0 || start < 0 || count < 0 || start > entry.Shape[0] - count)
        {
            throw new BadFileException(Path, $"{start}..{start + count} is outside array '{name}' {entry.Shape}", "Ask for a range inside it");
        }

        long bytesEach = entry.Shape[0] == 0 ? 0 : entry.Length / entry.Shape[0];
        return Read(entry, new Shape([count, .. entry.Shape.Sizes[1..]]), entry.Start + (start * bytesEach));
    }

    private unsafe Tensor Read(SafetensorsEntry entry, Shape shape, long start)
    {
        Tensor tensor = Tensor.Empty(shape, entry.DType);
        byte* destination = (byte*)tensor.RawPointer;
        long done = 0, length = shape.Count * entry.DType.Size();
        while (done < length)
        {
            Span<byte> part = new(destination + done, (int)Math.Min(length - done, 1 << 30));
            int read = ReadPart(part, start + done);
            if (read == 0)
            {
                tensor.Dispose();
                throw Bad(Path, $"it ends inside array '{entry.Name}'");
            }

            done += read;
        }

        return tensor;
    }

    private int ReadPart(Span<byte> part, long start)
    {
        try
        {
            return RandomAccess.Read(_stream.SafeFileHandle, part, start);
        }
        catch (IOException error)
        {
            throw Unreachable(Path, error);
        }
    }

    /// <summary>Writes arrays in the order given; the same arrays give the same bytes.</summary>
    /// <param name="path">Where the file goes; written whole or not at all.</param>
    /// <param name="tensors">Name and contiguous array.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>, if any.</param>
    /// <exception cref="BadFileException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] header = Header(tensors, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in tensors)
            {
                WriteValues(stream, tensor);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static FileStream OpenStream(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreachable(path, error);
        }
    }

    private static SafetensorsFile ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Bad(path, $"it has {stream.Length} bytes, fewer than the 8 of the header length");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > stream.Length - 8)
        {
            throw Bad(path, $"its header claims {length} bytes; the file has {stream.Length - 8} after the length");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        using JsonDocument document = JsonDocument.Parse(header);
        Dictionary<string, SafetensorsEntry> entries = new(StringComparer.Ordinal);
        Dictionary<string, string> unreadable = new(StringComparer.Ordinal);
        List<(string Name, long Start, long Length)> places = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        long dataStart = 8 + (long)length;
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("__metadata__"))
            {
                foreach (JsonProperty text in property.Value.EnumerateObject())
                {
                    metadata[text.Name] = text.Value.GetString() ?? "";
                }
            }
            else
            {
                (string type, Shape shape, long start, long bytes) = Place(path, property, stream.Length - dataStart);
                if (!(Enum.TryParse(type, out DType known)
                    ? entries.TryAdd(property.Name, new SafetensorsEntry(property.Name, known, shape, dataStart + start, bytes))
                    : unreadable.TryAdd(property.Name, type)))
                {
                    throw Bad(path, $"array '{property.Name}' stands in the header twice");
                }

                places.Add((property.Name, start, bytes));
            }
        }

        CheckOverlaps(path, places);
        return new SafetensorsFile(path, stream, entries, unreadable, metadata);
    }

    /// <summary>One entry of the header, checked against the size of the data.</summary>
    private static (string Type, Shape Shape, long Start, long Bytes) Place(string path, JsonProperty property, long dataLength)
    {
        string name = property.Name;
        string type = (property.Value.TryGetProperty("dtype", out JsonElement dtype) ? dtype.GetString() : null) ?? "";
        int bits = BitsOf(type);
        if (bits == 0)
        {
            throw Bad(path, $"array '{name}' has storage type '{type}', which the format does not know");
        }

        if (!property.Value.TryGetProperty("shape", out JsonElement sizes) || !property.Value.TryGetProperty("data_offsets", out JsonElement offsets)
            || offsets.GetArrayLength() != 2)
        {
            throw Bad(path, $"array '{name}' has no shape or no two data_offsets");
        }

        Shape shape;
        try
        {
            shape = new Shape([.. sizes.EnumerateArray().Select(size => size.GetInt32())]);
        }
        catch (ShapeException error)
        {
            throw Bad(path, $"array '{name}' has an impossible shape", error);
        }

        long start = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (start < 0 || end < start || end > dataLength || end - start != shape.Count * bits / 8 || shape.Count * bits % 8 != 0)
        {
            throw Bad(path, $"array '{name}' {type} {shape} claims bytes {start}..{end} of {dataLength}");
        }

        return (type, shape, start, end - start);
    }

    /// <summary>Bits of one value of each storage type of the format; 0 for what is none.</summary>
    private static int BitsOf(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 8,
        "F6_E2M3" or "F6_E3M2" => 6,
        "F4" => 4,
        _ => 0,
    };

    private static void CheckOverlaps(string path, List<(string Name, long Start, long Length)> places)
    {
        long end = 0;
        foreach ((string name, long start, long length) in places.Where(place => place.Length > 0).OrderBy(place => place.Start))
        {
            if (start < end)
            {
                throw Bad(path, $"array '{name}' lies over another");
            }

            end = start + length;
        }
    }

    private static byte[] Header(IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.DType.Name());
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape.Sizes)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Count * tensor.DType.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = (int)((8 - (buffer.Length % 8)) % 8); // the format wants the data aligned; readers skip the spaces
        return [.. buffer.ToArray(), .. Enumerable.Repeat((byte)' ', padding)];
    }

    private static unsafe void WriteValues(Stream stream, Tensor tensor)
    {
        using Tensor whole = tensor.IsContiguous ? tensor.Share() : tensor.Copy();
        long bytes = whole.Count * whole.DType.Size();
        for (long at = 0; at < bytes; at += 1 << 20)
        {
            stream.Write(new ReadOnlySpan<byte>((byte*)whole.RawPointer + at, (int)Math.Min(bytes - at, 1 << 20)));
        }
    }

    private static BadFileException Unreachable(string path, Exception error) =>
        new(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path", error);

    private static BadFileException Bad(string path, string problem, Exception? error = null) =>
        new(path, problem, "Get the file again or write it anew", error);
}
