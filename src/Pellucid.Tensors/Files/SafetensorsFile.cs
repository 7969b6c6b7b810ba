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
        string path, FileStream stream, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> metadata)
    {
        Path = path;
        _stream = stream;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The arrays by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

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
            throw error is JsonException or InvalidOperationException or FormatException or OverflowException
                ? Bad(path, "its header is not the JSON of a safetensors file", error)
                : error;
        }
    }

    /// <summary>The array of that name.</summary>
    /// <exception cref="BadFileException">There is no such array.</exception>
    public SafetensorsEntry this[string name] => Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new BadFileException(Path, $"it has no array '{name}'", $"It has: {string.Join(", ", Entries.Keys.Order().Take(12))}");

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
            int read = RandomAccess.Read(_stream.SafeFileHandle, part, start + done);
            if (read == 0)
            {
                tensor.Dispose();
                throw Bad(Path, $"it ends inside array '{entry.Name}'");
            }

            done += read;
        }

        return tensor;
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
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path", error);
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
            else if (!entries.TryAdd(property.Name, Entry(path, property, dataStart, stream.Length)))
            {
                throw Bad(path, $"array '{property.Name}' stands in the header twice");
            }
        }

        CheckOverlaps(path, entries.Values);
        return new SafetensorsFile(path, stream, entries, metadata);
    }

    private static SafetensorsEntry Entry(string path, JsonProperty property, long dataStart, long fileLength)
    {
        string name = property.Name;
        string? typeName = property.Value.TryGetProperty("dtype", out JsonElement dtype) ? dtype.GetString() : null;
        if (!Enum.TryParse(typeName, out DType type) || type.ToString() != typeName)
        {
            throw Bad(path, $"array '{name}' has storage type '{typeName}'; F32, F64, BF16, F16 and I32 can be read");
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
        if (start < 0 || end < start || end > fileLength - dataStart || end - start != shape.Count * type.Size())
        {
            throw Bad(path, $"array '{name}' {type} {shape} claims bytes {start}..{end} of {fileLength - dataStart}");
        }

        return new SafetensorsEntry(name, type, shape, dataStart + start, end - start);
    }

    private static void CheckOverlaps(string path, IEnumerable<SafetensorsEntry> entries)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in entries.Where(e => e.Length > 0).OrderBy(e => e.Start))
        {
            if (entry.Start < end)
            {
                throw Bad(path, $"array '{entry.Name}' lies over another");
            }

            end = entry.Start + entry.Length;
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

    private static BadFileException Bad(string path, string problem, Exception? error = null) =>
        new(path, problem, "Get the file again or write it anew", error);
}
