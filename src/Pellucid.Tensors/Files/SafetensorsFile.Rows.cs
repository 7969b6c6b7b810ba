using System.Buffers;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Files;

public sealed partial class SafetensorsFile
{
    /// <summary>Reads consecutive rows of one array, converted to single precision, into memory that is there.</summary>
    /// <param name="name">The array.</param>
    /// <param name="firstRow">The first row. A row is everything but the outermost axis; an array of rank 0 or 1 is one row.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    /// <exception cref="BadFileException">There is no such array, the rows are not in it, or the file ended early.</exception>
    public void ReadRows(string name, int firstRow, Span<float> destination)
    {
        SafetensorsEntry entry = this[name];
        long width = entry.Shape.Rank < 2 || entry.Shape[0] == 0 ? entry.Shape.Count : entry.Shape.Count / entry.Shape[0];
        if (firstRow < 0 || (width == 0 ? destination.Length > 0 : destination.Length % width != 0) || (firstRow * width) + destination.Length > entry.Shape.Count)
        {
            throw new BadFileException(Path, $"{destination.Length} values from row {firstRow} are not rows of array '{name}' {entry.Shape}", "Ask for rows inside it");
        }

        int size = entry.DType.Size();
        long start = entry.Start + (firstRow * width * size);
        if (entry.DType == DType.F32)
        {
            ReadWhole(entry, MemoryMarshal.AsBytes(destination), start);
            return;
        }

        const int Together = 1 << 16;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Together * size);
        try
        {
            for (int done = 0; done < destination.Length; done += Together)
            {
                int count = Math.Min(Together, destination.Length - done);
                ReadWhole(entry, bytes.AsSpan(0, count * size), start + ((long)done * size));
                ToSingle(bytes.AsSpan(0, count * size), entry.DType, destination.Slice(done, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static unsafe void ToSingle(ReadOnlySpan<byte> values, DType type, Span<float> destination)
    {
        fixed (byte* from = values)
        fixed (float* to = destination)
        {
            Tensor.Convert(from, type, to, DType.F32, destination.Length);
        }
    }

    private void ReadWhole(SafetensorsEntry entry, Span<byte> destination, long start)
    {
        for (int done = 0; done < destination.Length;)
        {
            int read = ReadPart(destination[done..], start + done);
            done += read != 0 ? read : throw Bad(Path, $"it ends inside array '{entry.Name}'");
        }
    }
}
