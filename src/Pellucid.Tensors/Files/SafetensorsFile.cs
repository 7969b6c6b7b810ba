using System.Text.Json;

namespace Pellucid.Tensors.Files;

/// <summary>
/// A safetensors file: u64 header length, JSON header {name: {dtype, shape, data_offsets}}, data. The header is checked against the
/// file's size before anything is allocated. Arrays are read one at a time, when asked for. Reading is safe from many threads.
/// </summary>
public sealed partial class SafetensorsFile : IDisposable
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

    private static BadFileException Unreachable(string path, Exception error) =>
        new(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path", error);

    private static BadFileException Bad(string path, string problem, Exception? error = null) =>
        new(path, problem, "Get the file again or write it anew", error);
}
