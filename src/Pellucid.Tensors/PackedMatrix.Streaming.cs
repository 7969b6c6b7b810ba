using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

public sealed unsafe partial class PackedMatrix
{
    /// <summary>Floats that are read at a time, 1 MB: more would only add to the peak, and leave the second-level cache before they are packed.</summary>
    private const int SlabLength = 1 << 18;

    /// <summary>Packs rows as they are read, slab by slab, each into its place.</summary>
    private void Fill(bool outputsByInputs, RowReader read)
    {
        (int rows, int width, int step) = outputsByInputs ? (Outputs, Inputs, PanelWidth) : (Inputs, Outputs, QuantizedLayout.Block);
        if (rows == 0 || width == 0)
        {
            return;
        }

        int slab = (int)Math.Min(rows, Math.Max(1, SlabLength / ((long)width * step)) * step);
        NativeBuffer buffer = NativeBuffer.Rent((long)slab * width * sizeof(float));
        try
        {
            float* source = (float*)buffer.Pointer;
            for (int row = 0; row < rows; row += slab)
            {
                int count = Math.Min(slab, rows - row);
                read(row, new Span<float>(source, checked(count * width)));
                if (outputsByInputs)
                {
                    PanelPacking.Run(source, 1, width, new PanelRange(Inputs, 0, Inputs, row, count), Data, Storage);
                }
                else
                {
                    PanelPacking.Run(source, width, 1, new PanelRange(Inputs, row, count, 0, Outputs), Data, Storage);
                }
            }
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>Writes rows of W, inputs by outputs.</summary>
    private void ReadRows(int first, int count, Span<float> destination)
    {
        byte* panels = Data;
        nint panelBytes = Storage == DType.Q8 ? QuantizedLayout.PanelBytes(Inputs) : (nint)Inputs * PanelWidth * Storage.Size();
        for (int column = 0; column < Outputs; column += PanelWidth, panels += panelBytes)
        {
            int width = Math.Min(PanelWidth, Outputs - column);
            for (int input = first; input < first + count; input++)
            {
                ReadRun(panels, input, destination.Slice(((input - first) * Outputs) + column, width));
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>The outputs of a panel for one input.</summary>
    private void ReadRun(byte* panel, int input, Span<float> run)
    {
        switch (Storage)
        {
            case DType.F32:
                new ReadOnlySpan<float>((float*)panel + ((nint)input * PanelWidth), run.Length).CopyTo(run);
                break;
            case DType.BF16:
                ushort* narrow = (ushort*)panel + ((nint)input * PanelWidth);
                for (int index = 0; index < run.Length; index++)
                {
                    run[index] = DTypes.FromBFloat16(narrow[index]);
                }

                break;
            default:
                byte* block = panel + ((nint)(input / QuantizedLayout.Block) * QuantizedLayout.BlockBytes);
                for (int index = 0; index < run.Length; index++)
                {
                    run[index] = QuantizedPacking.Value(block, input % QuantizedLayout.Block, index);
                }

                break;
        }
    }
}
