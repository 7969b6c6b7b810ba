using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors;

/// <summary>
/// A weight matrix W [inputs, outputs] in the order in which products read it, packed once: panels of 48 outputs, each
/// <c>[input][48]</c>, the last filled with zeros. The layout is the same for every instruction set. Immutable, and safe for many threads
/// until disposed; it owns its memory, which a finalizer reclaims if it is forgotten.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Columns in a panel: three vectors of sixteen floats, six of eight or twelve of four.</summary>
    internal const int PanelWidth = 48;

    private NativeBuffer? _buffer;

    private PackedMatrix(int inputs, int outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        _buffer = NativeBuffer.Rent(PackedLength(inputs, outputs) * sizeof(float));
    }

    /// <summary>Inputs (rows of W; the depth k of a product).</summary>
    public int Inputs { get; }

    /// <summary>Outputs (columns of W, without the padding).</summary>
    public int Outputs { get; }

    /// <summary>How the elements are stored: always <see cref="DType.F32"/>.</summary>
    public DType Storage => DType.F32;

    /// <summary>The panels.</summary>
    /// <exception cref="ObjectDisposedException">The matrix was disposed.</exception>
    internal float* Panels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return (float*)_buffer.Pointer;
        }
    }

    /// <summary>Packs a copy of a matrix.</summary>
    /// <param name="values">Its elements, row-major: [outputs, inputs] or [inputs, outputs].</param>
    /// <param name="inputs">Inputs, at least 0.</param>
    /// <param name="outputs">Outputs, at least 0.</param>
    /// <param name="outputsByInputs">True where the rows of <paramref name="values"/> are outputs, as in checkpoints of linear
    /// layers.</param>
    /// <returns>The packed matrix, owned by the caller.</returns>
    /// <exception cref="PellucidException">The number of values is not inputs · outputs.</exception>
    public static PackedMatrix Pack(ReadOnlySpan<float> values, int inputs, int outputs, bool outputsByInputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        if (values.Length != (long)inputs * outputs)
        {
            throw new PellucidException(
                $"Pack: {values.Length} values cannot be a matrix of {inputs} inputs by {outputs} outputs; " +
                $"give {(long)inputs * outputs} values.");
        }

        fixed (float* source = values)
        {
            return Pack(source, outputsByInputs ? inputs : outputs, inputs, outputs, outputsByInputs);
        }
    }

    /// <summary>Writes W row-major, [inputs, outputs], whatever the order it was packed from.</summary>
    /// <param name="destination">Room for inputs · outputs elements.</param>
    /// <exception cref="PellucidException">The destination has another length.</exception>
    public void Unpack(Span<float> destination)
    {
        if (destination.Length != (long)Inputs * Outputs)
        {
            throw new PellucidException(
                $"Unpack: the destination holds {destination.Length} values; " +
                $"[{Inputs} inputs, {Outputs} outputs] needs {(long)Inputs * Outputs}.");
        }

        float* panel = Panels;
        for (int column = 0; column < Outputs; column += PanelWidth)
        {
            int width = Math.Min(PanelWidth, Outputs - column);
            for (int input = 0; input < Inputs; input++)
            {
                new ReadOnlySpan<float>(panel, width).CopyTo(destination.Slice((input * Outputs) + column, width));
                panel += PanelWidth;
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();

    /// <summary>Packs from rows that are <paramref name="stride"/> floats apart.</summary>
    internal static PackedMatrix Pack(float* source, nint stride, int inputs, int outputs, bool outputsByInputs)
    {
        PackedMatrix matrix = new(inputs, outputs);
        PackPanels(source, outputsByInputs ? 1 : stride, outputsByInputs ? stride : 1, inputs, outputs, matrix.Panels);
        return matrix;
    }

    /// <summary>Floats of a packed matrix, its padding included.</summary>
    internal static long PackedLength(int inputs, int outputs) =>
        ((long)outputs + PanelWidth - 1) / PanelWidth * PanelWidth * inputs;

    /// <summary>
    /// Packs into <paramref name="panels"/>; element (input, output) is at <c>source[input · strideInput + output · strideOutput]</c>.
    /// </summary>
    internal static void PackPanels(float* source, nint strideInput, nint strideOutput, int inputs, int outputs, float* panels)
    {
        int count = (int)(((long)outputs + PanelWidth - 1) / PanelWidth);
        int grain = (int)Math.Max(1, 4 * Dispatch.Grain / PanelWidth / Math.Max(1, inputs));
        Workers.For(
            (count + grain - 1) / grain,
            (Source: (nint)source, strideInput, strideOutput, inputs, outputs, Panels: (nint)panels, count, grain),
            static (part, state) =>
            {
                int end = Math.Min(state.count, (part + 1) * state.grain);
                for (int panel = part * state.grain; panel < end; panel++)
                {
                    int column = panel * PanelWidth;
                    Packing.PackColumns(
                        (float*)state.Source + (column * state.strideOutput),
                        state.strideInput,
                        state.strideOutput,
                        state.inputs,
                        Math.Min(PanelWidth, state.outputs - column),
                        (float*)state.Panels + ((nint)column * state.inputs));
                }
            });
    }
}
