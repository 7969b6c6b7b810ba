using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>
/// A GGUF file: its metadata, and its arrays as blocks or as single-precision numbers. Opening reads the header and checks it against the
/// file's size; nothing of the data is read before it is asked for. Safe for many threads.
/// </summary>
internal sealed class GgufFile : IDisposable
{
    /// <summary>Values that one part of a read decodes: what stays in a processor's nearer caches, and enough to be worth a thread.</summary>
    private const int PartValues = 1 << 15;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, GgufTensor> _tensors;

    private GgufFile(string path, SafeFileHandle file)
    {
        (Path, _file, Length) = (path, file, RandomAccess.GetLength(file));
        GgufHeader header = GgufHeader.Read(new GgufCursor(path, file, 0));
        Metadata = new GgufMetadata(path, file, header.Values);
        _tensors = new(header.Tensors.Count, StringComparer.Ordinal);
        foreach (GgufTensor tensor in header.Tensors)
        {
            _tensors.Add(tensor.Name, tensor);
        }
    }

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>Its bytes.</summary>
    internal long Length { get; }

    /// <summary>What the file says of itself.</summary>
    internal GgufMetadata Metadata { get; }

    /// <summary>All arrays by name, those of types that cannot be read too.</summary>
    internal IReadOnlyDictionary<string, GgufTensor> Tensors => _tensors;

    /// <summary>Whether a file is called as GGUF files are.</summary>
    internal static bool IsNamedSo(string path) => System.IO.Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase);

    /// <summary>The GGUF file of a folder; null where it has none.</summary>
    /// <exception cref="BadFileException">It has several.</exception>
    internal static string? In(string folder)
    {
        string[] found = [.. Directory.EnumerateFiles(folder).Where(IsNamedSo).Order(StringComparer.Ordinal)];
        return found.Length < 2 ? found.FirstOrDefault() : throw new BadFileException(
            folder, $"it has {found.Length} GGUF files ({string.Join(", ", found.Take(5).Select(System.IO.Path.GetFileName))}); one was expected", "Name the file itself");
    }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="BadFileException">It is missing, truncated, or its header lies.</exception>
    internal static GgufFile Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new GgufFile(path, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            file?.Dispose();
            throw Unreachable(path, error);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>The array of a name, of a type that can be read.</summary>
    /// <exception cref="BadFileException">There is none, or its type cannot be read.</exception>
    internal GgufTensor this[string name] => !_tensors.TryGetValue(name, out GgufTensor? tensor)
        ? throw new BadFileException(Path, $"it has no array '{name}'", $"It has: {string.Join(", ", _tensors.Keys.Order(StringComparer.Ordinal).Take(12).Select(JsonFile.Short))}")
        : tensor.Format is null
            ? throw new BadFileException(Path, $"array '{JsonFile.Short(name)}' is stored as {BlockFormat.NameOf(tensor.Type)}", $"{BlockFormat.Readable} can be read: quantize the model to one of them")
            : tensor;

    /// <summary>Reads consecutive rows as they are stored: whole blocks of the array's <see cref="GgufTensor.Format"/>, row after row.</summary>
    /// <param name="name">The array.</param>
    /// <param name="firstRow">The first row. A row is everything but the outermost axis; an array of rank 0 or 1 is one row.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    /// <exception cref="BadFileException">There is no such array, or the file ended early.</exception>
    internal void ReadBlocks(string name, int firstRow, Span<byte> destination)
    {
        GgufTensor tensor = this[name];
        long rowValues = RowValues(tensor), rowBytes = rowValues / tensor.Format!.Values * tensor.Format.Bytes;
        CheckRows(tensor, firstRow, destination.Length, rowBytes);
        ReadExactly(tensor, tensor.Start + (firstRow * rowBytes), destination);
    }

    /// <summary>
    /// Reads consecutive rows as single-precision numbers. Long reads are cut into parts of a fixed size, which the compute threads read and decode
    /// side by side.
    /// </summary>
    /// <param name="name">The array.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    /// <exception cref="BadFileException">There is no such array, or the file ended early.</exception>
    internal unsafe void ReadRows(string name, int firstRow, Span<float> destination)
    {
        GgufTensor tensor = this[name];
        long rowValues = RowValues(tensor);
        CheckRows(tensor, firstRow, destination.Length, rowValues);
        long start = tensor.Start + (firstRow * rowValues / tensor.Format!.Values * tensor.Format.Bytes);
        if (destination.Length <= PartValues)
        {
            Decode(tensor, start, destination);
            return;
        }

        fixed (float* values = destination)
        {
            ComputeThreads.For(
                (destination.Length + PartValues - 1) / PartValues,
                (File: this, Tensor: tensor, Start: start, Values: (nint)values, destination.Length),
                static (part, job) =>
                {
                    int first = part * PartValues;
                    Span<float> its = new((float*)job.Values + first, Math.Min(PartValues, job.Length - first));
                    BlockFormat format = job.Tensor.Format!;
                    job.File.Decode(job.Tensor, job.Start + ((long)first / format.Values * format.Bytes), its);
                });
        }
    }

    public void Dispose() => _file.Dispose();

    private static long RowValues(GgufTensor tensor) => tensor.Shape.Rank < 2 ? tensor.Shape.Count : tensor.Shape.Count / tensor.Shape[0];

    private static void CheckRows(GgufTensor tensor, int firstRow, long length, long rowLength)
    {
        long rows = tensor.Shape.Rank < 2 ? 1 : tensor.Shape[0];
        if (firstRow < 0 || length % rowLength != 0 || firstRow > rows - (length / rowLength))
        {
            throw new PellucidException(
                $"Array '{tensor.Name}' {tensor.Shape} has rows of {rowLength}; a destination of {length} from row {firstRow} on is no whole number of rows within it.");
        }
    }

    private void Decode(GgufTensor tensor, long start, Span<float> values)
    {
        int bytes = values.Length / tensor.Format!.Values * tensor.Format.Bytes;
        byte[] blocks = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            ReadExactly(tensor, start, blocks.AsSpan(0, bytes));
            tensor.Format.Decode(blocks.AsSpan(0, bytes), values);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(blocks);
        }
    }

    private void ReadExactly(GgufTensor tensor, long start, Span<byte> destination)
    {
        try
        {
            int done = 0;
            while (done < destination.Length)
            {
                int read = RandomAccess.Read(_file, destination[done..], start + done);
                done += read > 0 ? read : throw new BadFileException(Path, $"it ends inside array '{JsonFile.Short(tensor.Name)}'", "Get the file again");
            }
        }
        catch (IOException error)
        {
            throw Unreachable(Path, error);
        }
    }

    private static BadFileException Unreachable(string path, Exception error) =>
        new(path, $"it cannot be read ({JsonFile.Short(error.Message.TrimEnd('.'))})", "Check the path", error);
}
