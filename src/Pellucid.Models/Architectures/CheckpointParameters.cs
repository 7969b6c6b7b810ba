using Pellucid.Models.Checkpoints;
using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Architectures;

/// <summary>The parameters of a network, read row by row from the arrays of a checkpoint. Borrows the arrays. Safe for one thread.</summary>
internal sealed class CheckpointParameters(CheckpointArrays arrays, IReadOnlyDictionary<string, ArraySource> sources) : ParameterSource
{
    internal override Tensor Read(ParameterPoint parameter)
    {
        ArraySource source = sources[parameter.Name];
        if (parameter.Shape.Rank < 2)
        {
            return ReadVector(source, parameter.Shape);
        }

        (int rows, int columns) = source.OutputsByInputs ? (parameter.Shape[1], parameter.Shape[0]) : (parameter.Shape[0], parameter.Shape[1]);
        Tensor stored = Tensor.Empty(source.OutputsByInputs ? new Shape(rows, columns) : parameter.Shape);
        try
        {
            for (int row = 0; row < rows;)
            {
                int count = (int)Math.Min(rows - row, Math.Max(1, (1L << 24) / columns));
                ReadRows(source, columns, row, stored.AsSpan().Slice(row * columns, count * columns));
                row += count;
            }
        }
        catch
        {
            stored.Dispose();
            throw;
        }

        if (!source.OutputsByInputs)
        {
            return stored;
        }

        using (stored)
        {
            using Tensor turned = stored.Transpose(1, 0);
            using Tensor whole = turned.Copy();
            return whole.Reshape(parameter.Shape);
        }
    }

    internal override PackedMatrix Pack(ParameterPoint parameter, DType storage)
    {
        ArraySource source = sources[parameter.Name];
        int columns = source.OutputsByInputs ? parameter.Shape[0] : parameter.Shape[1];
        return PackedMatrix.Pack(
            parameter.Shape[0], parameter.Shape[1], source.OutputsByInputs, storage, (first, destination) => ReadRows(source, columns, first, destination));
    }

    internal override PackedMatrix PackTurned(ParameterPoint parameter, DType storage)
    {
        ArraySource source = sources[parameter.Name];
        int columns = source.OutputsByInputs ? parameter.Shape[0] : parameter.Shape[1];
        return PackedMatrix.Pack(
            parameter.Shape[1], parameter.Shape[0], !source.OutputsByInputs, storage, (first, destination) => ReadRows(source, columns, first, destination));
    }

    private Tensor ReadVector(ArraySource source, Shape shape)
    {
        Shape stored = arrays.Shapes[source.Array];
        float[] values = new float[stored.Count];
        arrays.ReadRows(source.Array, 0, values);
        Tensor result = Tensor.Empty(shape);
        Span<float> destination = result.AsSpan();
        for (int index = 0; index < destination.Length; index++)
        {
            destination[index] = values[source.Place?.Invoke(index) ?? index] + source.Addend;
        }

        return result;
    }

    /// <summary>Reads rows as they lie together in the array, and of each the columns that are wanted.</summary>
    private void ReadRows(ArraySource source, int columns, int first, Span<float> destination)
    {
        int rows = destination.Length / columns;
        for (int row = 0; row < rows;)
        {
            int start = source.Place?.Invoke(first + row) ?? (first + row), count = source.Place is null ? rows - row : 1;
            while (row + count < rows && source.Place is { } place && place(first + row + count) == start + count)
            {
                count++;
            }

            ReadTogether(source, columns, start, destination.Slice(row * columns, count * columns));
            row += count;
        }

        if (source.Addend != 0)
        {
            foreach (ref float value in destination)
            {
                value += source.Addend;
            }
        }
    }

    private void ReadTogether(ArraySource source, int columns, int start, Span<float> destination)
    {
        Shape shape = arrays.Shapes[source.Array];
        int stored = shape[shape.Rank - 1];
        if (stored == columns)
        {
            arrays.ReadRows(source.Array, start, destination);
            return;
        }

        const int Together = 16;
        float[] rows = new float[Math.Min(Together, destination.Length / columns) * stored];
        for (int done = 0; done < destination.Length / columns; done += Together)
        {
            int count = Math.Min(Together, (destination.Length / columns) - done);
            arrays.ReadRows(source.Array, start + done, rows.AsSpan(0, count * stored));
            for (int row = 0; row < count; row++)
            {
                rows.AsSpan((row * stored) + source.FirstColumn, columns).CopyTo(destination[((done + row) * columns)..]);
            }
        }
    }
}
