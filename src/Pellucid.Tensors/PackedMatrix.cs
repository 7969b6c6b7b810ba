using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>
/// A weight matrix W [inputs, outputs] in the order in which products read it, packed once: panels of 48 outputs, each
/// <c>[input][48]</c>, the last filled with zeros. The layout is the same for every instruction set. Safe for many threads until disposed,
/// except while <see cref="Refill(ReadOnlySpan{float}, bool)"/> runs; it owns its memory, which a finalizer reclaims if it is forgotten.
/// </summary>
public sealed unsafe partial class PackedMatrix : IDisposable
{
    /// <summary>Columns in a panel: three vectors of sixteen floats, six of eight or twelve of four.</summary>
    internal const int PanelWidth = 48;

    private NativeBuffer? _buffer;

    private PackedMatrix(int inputs, int outputs, DType storage)
    {
        Inputs = inputs;
        Outputs = outputs;
        Storage = storage;
        _buffer = NativeBuffer.Rent(Bytes = PackedBytes(inputs, outputs, storage));
    }

    /// <summary>Inputs (rows of W; the depth k of a product).</summary>
    public int Inputs { get; }

    /// <summary>Outputs (columns of W, without the padding).</summary>
    public int Outputs { get; }

    /// <summary>Bytes of the elements as they are stored, padding included; a transposed twin that gradients may have made is not counted.</summary>
    public long Bytes { get; }

    /// <summary>
    /// How the elements are stored: <see cref="DType.F32"/>, <see cref="DType.BF16"/> or <see cref="DType.Q8"/>. Products are computed in single precision of the
    /// stored values; with <see cref="DType.Q8"/> of what enters rounded to 16 bits.
    /// </summary>
    public DType Storage { get; }

    /// <summary>The panels.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    internal byte* Data
    {
        get
        {
            NativeBuffer? buffer = _buffer;
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.Pointer;
        }
    }

    /// <summary>The panels of a matrix that is stored as <see cref="DType.F32"/>.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    /// <exception cref="PellucidException">The matrix is stored otherwise.</exception>
    internal float* Panels => Storage == DType.F32
        ? (float*)Data
        : throw new PellucidException($"This kernel reads matrices stored as F32; this one is stored as {Storage}. Pack it as F32.");

    /// <summary>Packs a copy of a matrix.</summary>
    /// <param name="values">Its elements, row-major: [outputs, inputs] or [inputs, outputs].</param>
    /// <param name="inputs">Inputs, at least 0.</param>
    /// <param name="outputs">Outputs, at least 0.</param>
    /// <param name="outputsByInputs">True where the rows of <paramref name="values"/> are outputs, as in checkpoints of linear
    /// layers.</param>
    /// <param name="storage"><see cref="DType.F32"/>; <see cref="DType.BF16"/>, which rounds to nearest (ties to even), takes half the
    /// memory and halves the time of products with few rows; or <see cref="DType.Q8"/>, which takes 1.125 bytes a weight and is the fastest with few rows and with many.
    /// Weights of quantized checkpoints whose blocks of 32 have one scale keep their values in it.</param>
    /// <returns>The packed matrix, owned by the caller.</returns>
    /// <exception cref="PellucidException">The number of values is not inputs · outputs, or matrices are not stored in this type.</exception>
    public static PackedMatrix Pack(
        ReadOnlySpan<float> values, int inputs, int outputs, bool outputsByInputs, DType storage = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        CheckLength("Pack", values.Length, inputs, outputs);
        fixed (float* source = values)
        {
            return Pack(source, outputsByInputs ? inputs : outputs, inputs, outputs, outputsByInputs, storage);
        }
    }

    /// <summary>Packs a matrix whose rows are read a few at a time, so that it is never held twice.</summary>
    /// <param name="inputs">Inputs, at least 0.</param>
    /// <param name="outputs">Outputs, at least 0.</param>
    /// <param name="outputsByInputs">True where the rows that are read are outputs, as in checkpoints of linear layers.</param>
    /// <param name="storage"><see cref="DType.F32"/>, <see cref="DType.BF16"/> or <see cref="DType.Q8"/>.</param>
    /// <param name="read">Fills whole consecutive rows, from the first one that it is told.</param>
    /// <returns>The packed matrix, owned by the caller.</returns>
    /// <exception cref="PellucidException">Matrices are not stored in this type.</exception>
    public static PackedMatrix Pack(int inputs, int outputs, bool outputsByInputs, DType storage, RowReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        CheckStorage(storage);
        PackedMatrix matrix = new(inputs, outputs, storage);
        try
        {
            matrix.Fill(outputsByInputs, read);
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Writes W row-major, whatever the order it was packed from.</summary>
    /// <param name="destination">Room for inputs · outputs elements.</param>
    /// <param name="outputsByInputs">Whether outputs are written as rows, [outputs, inputs]; inputs are, [inputs, outputs], where false.</param>
    /// <exception cref="PellucidException">The destination has another length.</exception>
    public void Unpack(Span<float> destination, bool outputsByInputs = false)
    {
        if (destination.Length != (long)Inputs * Outputs)
        {
            throw new PellucidException(
                $"Unpack: the destination holds {destination.Length} values; " +
                $"[{Inputs} inputs, {Outputs} outputs] needs {(long)Inputs * Outputs}.");
        }

        if (!outputsByInputs)
        {
            ReadRows(0, Inputs, destination);
            return;
        }

        const int Together = 256;
        int[] outputs = new int[Math.Min(Together, Outputs)];
        fixed (float* rows = destination)
        {
            fixed (int* chosen = outputs)
            {
                for (int first = 0; first < Outputs; first += Together)
                {
                    int count = Math.Min(Together, Outputs - first);
                    for (int index = 0; index < count; index++)
                    {
                        outputs[index] = first + index;
                    }

                    PanelGather.Run(this, chosen, count, rows + ((nint)first * Inputs));
                }
            }
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _buffer, null)?.Release();
        DisposeTwin();
    }

    /// <summary>Packs from rows that are <paramref name="stride"/> floats apart.</summary>
    internal static PackedMatrix Pack(
        float* source, nint stride, int inputs, int outputs, bool outputsByInputs, DType storage = DType.F32)
    {
        CheckStorage(storage);
        PackedMatrix matrix = new(inputs, outputs, storage);
        PanelPacking.Run(
            source, outputsByInputs ? 1 : stride, outputsByInputs ? stride : 1, PanelRange.All(inputs, outputs), matrix.Data, storage);
        return matrix;
    }

    /// <summary>Elements of a packed matrix, its padding included.</summary>
    internal static long PackedLength(int inputs, int outputs) =>
        ((long)outputs + PanelWidth - 1) / PanelWidth * PanelWidth * inputs;

    /// <summary>Bytes of a packed matrix, its padding included.</summary>
    internal static long PackedBytes(int inputs, int outputs, DType storage) =>
        storage == DType.Q8 ? QuantizedLayout.Bytes(inputs, outputs) : PackedLength(inputs, outputs) * storage.Size();

    private static void CheckStorage(DType storage)
    {
        if (storage is not (DType.F32 or DType.BF16 or DType.Q8))
        {
            throw new PellucidException($"Pack: a matrix cannot be stored as {storage}. Use F32, BF16 or Q8.");
        }
    }

    private static void CheckLength(string operation, long length, int inputs, int outputs)
    {
        if (length != (long)inputs * outputs)
        {
            throw new PellucidException(
                $"{operation}: {length} values cannot be a matrix of {inputs} inputs by {outputs} outputs; " +
                $"give {(long)inputs * outputs} values.");
        }
    }
}
