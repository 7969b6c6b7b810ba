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
    /// <see cref="Refill(ReadOnlySpan{float}, bool)"/>. It takes as much memory again; gradients with respect to inputs read it.
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
            PanelPacking.Transpose(Data, Inputs, Outputs, twin.Data, Storage);
        }

        GC.KeepAlive(this);
    }

    private PackedMatrix MakeTwin()
    {
        if (MemoryPlan.Current is { } plan)
        {
            return plan.Hold(this, () => new PackedMatrix(Outputs, Inputs, Storage)); // its values are not those of a twin
        }

        lock (_lock)
        {
            if (_twin is { } made)
            {
                return made;
            }

            byte* panels = Data; // throws where the matrix was disposed
            PackedMatrix twin = new(Outputs, Inputs, Storage) { _twin = this, _isTwin = true };
            PanelPacking.Transpose(panels, Inputs, Outputs, twin.Data, Storage);
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
