using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Pickles;

/// <summary>
/// A file that <c>torch.save</c> wrote (<c>pytorch_model.bin</c>, <c>.pt</c>, <c>.pth</c>), in either of its layouts. The pickle in it is carried
/// out by a machine that can make numbers, texts, lists, dictionaries and tensors, and nothing else: no code runs, and a file that names any other class is
/// refused. Values are read when asked for. Safe for one thread at a time.
/// </summary>
public sealed class PickleFile : IDisposable
{
    private const int LongRow = 1 << 14;

    private readonly FileBytes _file;
    private PickleTensor? _gathered;
    private byte[] _span = [];

    private PickleFile(FileBytes file)
    {
        _file = file;
        AllocationBudget budget = new(file);
        Root = PickleLayouts.Read(file, budget);
        Tensors = StateDictionary.Of(file, Root, budget);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>What was saved, as plain objects; <see cref="PickleDictionary"/> lists their types.</summary>
    public object? Root { get; }

    /// <summary>
    /// The tensors by name. Where they lie in a part of what was saved (<c>state_dict</c>, <c>model</c>, or the only dictionary with
    /// tensors), names begin there; the keys of dictionaries inside it, and places in lists, are joined by dots.
    /// </summary>
    public IReadOnlyDictionary<string, PickleTensor> Tensors { get; }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="BadFileException">There is none.</exception>
    public PickleTensor this[string name] => Tensors.TryGetValue(name, out PickleTensor? tensor)
        ? tensor
        : throw new BadFileException(Path, $"it has no tensor '{name}'", $"It has: {string.Join(", ", Tensors.Keys.Order(StringComparer.Ordinal).Take(12))}");

    /// <summary>Opens a file and reads what it describes, but no values.</summary>
    /// <exception cref="BadFileException">It is missing, damaged, or names a class that is not a tensor's.</exception>
    public static PickleFile Open(string path)
    {
        FileBytes file = FileBytes.Open(path);
        try
        {
            return new PickleFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file that begins so is one of <c>torch.save</c>.</summary>
    /// <param name="start">Its first 16 bytes, or all that it has.</param>
    public static bool Begins(ReadOnlySpan<byte> start) => PickleLayouts.Begins(start);

    /// <summary>Reads a tensor of this file into an array of its own, contiguous, in single precision.</summary>
    /// <exception cref="BadFileException">The file was shortened meanwhile.</exception>
    public Tensor Read(PickleTensor tensor)
    {
        Tensor read = Tensor.Empty(tensor.Shape);
        try
        {
            ReadRows(tensor, 0, read.AsSpan());
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>Reads consecutive rows of a tensor of this file, converted to single precision.</summary>
    /// <param name="tensor">The tensor. A row is everything but its outermost axis; one of rank 0 or 1 is one row.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    /// <exception cref="BadFileException">The rows are outside the tensor, or the file was shortened meanwhile.</exception>
    public void ReadRows(PickleTensor tensor, int firstRow, Span<float> destination)
    {
        (int rows, long width) = tensor.Shape.Rank < 2 ? (1, tensor.Shape.Count) : (tensor.Shape[0], tensor.Shape[0] == 0 ? 0 : tensor.Shape.Count / tensor.Shape[0]);
        if (firstRow < 0 || firstRow > rows || (width == 0 ? !destination.IsEmpty : destination.Length % width != 0 || destination.Length / width > rows - firstRow))
        {
            throw new BadFileException(Path, $"{destination.Length} values from row {firstRow} are not rows of a tensor {tensor.Shape}", "Ask for rows inside it");
        }

        if (tensor.IsContiguousFrom(0))
        {
            ReadRun(tensor, tensor.Offset + (firstRow * width), destination);
        }
        else if (tensor.Shape.Rank > 1 && tensor.IsContiguousFrom(1) && width >= LongRow)
        {
            for (int row = 0; row < destination.Length / width; row++)
            {
                ReadRun(tensor, tensor.Offset + ((firstRow + row) * tensor.Strides[0]), destination.Slice((int)(row * width), (int)width));
            }
        }
        else
        {
            Gather(tensor, firstRow * width, destination);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Values that lie one after another.</summary>
    private void ReadRun(PickleTensor tensor, long first, Span<float> destination)
    {
        int size = tensor.Type.Size();
        Span<byte> part = stackalloc byte[1 << 13];
        for (long position = tensor.Storage.Start + (first * size); !destination.IsEmpty;)
        {
            int count = Math.Min(destination.Length, part.Length / size);
            Span<byte> bytes = part[..(count * size)];
            _file.Read(bytes, position);
            tensor.Type.ToSingles(bytes, destination[..count]);
            destination = destination[count..];
            position += bytes.Length;
        }
    }

    /// <summary>Values that lie scattered: the stretch of the file that they are in is read once and kept for the next rows.</summary>
    private void Gather(PickleTensor tensor, long first, Span<float> destination)
    {
        int size = tensor.Type.Size(), rank = tensor.Shape.Rank;
        if (!ReferenceEquals(_gathered, tensor))
        {
            long bytes = tensor.Reach * size;
            _span = bytes <= Array.MaxLength
                ? new byte[bytes]
                : throw new BadFileException(Path, $"a tensor {tensor.Shape} lies scattered over {bytes} bytes, more than can be held", "Save it with contiguous() first");
            _file.Read(_span, tensor.Storage.Start + (tensor.Offset * size));
            _gathered = tensor;
        }

        Span<long> index = stackalloc long[rank];
        long place = 0, rest = first;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            (rest, index[axis]) = Math.DivRem(rest, tensor.Shape[axis]);
            place += index[axis] * tensor.Strides[axis];
        }

        for (int i = 0; i < destination.Length; i++)
        {
            tensor.Type.ToSingles(_span.AsSpan((int)(place * size), size), destination.Slice(i, 1));
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                place += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }

                place -= index[axis] * tensor.Strides[axis];
                index[axis] = 0;
            }
        }
    }
}
