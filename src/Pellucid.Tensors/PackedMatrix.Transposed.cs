using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

public sealed unsafe partial class PackedMatrix
{
    private readonly Lock _lock = new();
    private PackedMatrix? _twin;
    private bool _isTwin;

    /// <summary>
    /// Wᵀ [outputs, inputs], packed: made at the first use, owned by this matrix, and kept equal to it by
    /// <see cref="Refill(ReadOnlySpan{float}, bool)"/>. It takes as much memory again, four times as much beside <see cref="DType.Q8"/>; gradients with respect to inputs read it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    internal PackedMatrix Transposed
    {
        get
        {
            PackedMatrix? twin = Volatile.Read(ref _twin);
            return twin ?? MakeTwin();
        }
    }

    /// <summary>
    /// Packs other values into the same memory, and into the transposed twin where there is one, as training does after a step. No other
    /// thread may use the matrix meanwhile.
    /// </summary>
    /// <param name="values">The elements, row-major: [outputs, inputs] or [inputs, outputs].</param>
    /// <param name="outputsByInputs">True where the rows of <paramref name="values"/> are outputs.</param>
    /// <exception cref="PellucidException">The number of values is not inputs · outputs.</exception>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    public void Refill(ReadOnlySpan<float> values, bool outputsByInputs)
    {
        CheckLength("Refill", values.Length, Inputs, Outputs);
        fixed (float* source = values)
        {
            Refill(source, outputsByInputs ? Inputs : Outputs, outputsByInputs);
        }
    }

    /// <summary>Packs from rows that are <paramref name="stride"/> floats apart.</summary>
    internal void Refill(float* source, nint stride, bool outputsByInputs)
    {
        PanelPacking.Run(source, outputsByInputs ? 1 : stride, outputsByInputs ? stride : 1, PanelRange.All(Inputs, Outputs), Data, Storage);
        if (Volatile.Read(ref _twin) is { } twin)
        {
            FillTwin(twin);
        }

        GC.KeepAlive(this);
    }

    /// <summary>A quantized matrix has its scales along the inputs, so its twin is held in single precision, with the same values.</summary>
    private DType TwinStorage => Storage == DType.Q8 ? DType.F32 : Storage;

    private void FillTwin(PackedMatrix twin)
    {
        if (Storage == DType.Q8)
        {
            twin.Fill(outputsByInputs: true, (row, destination) => ReadRows(row, destination.Length / Math.Max(1, Outputs), destination));
        }
        else if (twin.Storage == Storage)
        {
            PanelPacking.Transpose(Data, Inputs, Outputs, twin.Data, Storage);
        }
    }

    private PackedMatrix MakeTwin()
    {
        if (MemoryPlan.Current is { } plan)
        {
            return plan.Hold(this, () => new PackedMatrix(Outputs, Inputs, TwinStorage)); // its values are not those of a twin
        }

        lock (_lock)
        {
            if (_twin is { } made)
            {
                return made;
            }

            _ = Data; // throws where the matrix was disposed
            PackedMatrix twin = new(Outputs, Inputs, TwinStorage) { _twin = this, _isTwin = true };
            FillTwin(twin);
            Volatile.Write(ref _twin, twin);
            return twin;
        }
    }

    private void DisposeTwin()
    {
        lock (_lock)
        {
            if (!_isTwin)
            {
                _twin?.Dispose();
                _twin = null;
            }
        }
    }
}
