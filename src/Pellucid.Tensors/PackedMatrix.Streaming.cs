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
        (int rows, int width, int step) = outputsByInputs ? (Outputs, Inputs, PanelWidth) : (Inputs, Outputs, 1);
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
}
