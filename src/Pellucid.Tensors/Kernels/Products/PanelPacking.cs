using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Packs whole matrices into panels of B, in parallel.</summary>
internal static unsafe class PanelPacking
{
    private const int Width = PackedMatrix.PanelWidth;
    private const int NarrowedRows = 64; // of a panel that are rounded while they are in the nearest cache

    /// <summary>
    /// Packs a part into the <paramref name="panels"/> of the whole; element (input, output) of the part is at
    /// <c>source[input · strideInput + output · strideOutput]</c>, both counted from the part's first.
    /// </summary>
    internal static void Run(float* source, nint strideInput, nint strideOutput, PanelRange range, byte* panels, DType storage)
    {
        (int count, int grain) = Cut(range.Inputs, range.Outputs);
        Workers.For(
            ProductBlocks.CeilingDivide(count, grain),
            (Source: (nint)source, strideInput, strideOutput, range, Panels: (nint)panels, storage, count, grain),
            static (part, state) =>
            {
                int end = Math.Min(state.count, (part + 1) * state.grain);
                PanelRange range = state.range;
                for (int panel = part * state.grain; panel < end; panel++)
                {
                    int column = panel * Width;
                    nint place = Place(range, column, state.storage);
                    Pack(
                        (float*)state.Source + (column * state.strideOutput), state.strideInput, state.strideOutput, range.Inputs,
                        Math.Min(Width, range.Outputs - column), (byte*)state.Panels + place, state.storage);
                }
            });
    }

    /// <summary>Packs the transpose of a packed matrix, whose rows of a panel turn into columns.</summary>
    /// <param name="panels">The matrix [inputs, outputs].</param>
    /// <param name="inputs">Its inputs, the twin's outputs.</param>
    /// <param name="outputs">Its outputs, the twin's inputs.</param>
    /// <param name="target">The panels of the twin [outputs, inputs].</param>
    /// <param name="storage">How both are stored.</param>
    internal static void Transpose(byte* panels, int inputs, int outputs, byte* target, DType storage)
    {
        (int count, int grain) = Cut(outputs, inputs);
        Workers.For(
            ProductBlocks.CeilingDivide(count, grain),
            (Panels: (nint)panels, inputs, outputs, Target: (nint)target, storage, count, grain),
            static (part, state) =>
            {
                int end = Math.Min(state.count, (part + 1) * state.grain);
                for (int panel = part * state.grain; panel < end; panel++)
                {
                    Turn((byte*)state.Panels, state.inputs, state.outputs, panel * Width, (byte*)state.Target, state.storage);
                }
            });
    }

    /// <summary>The first byte of a part's column, in bytes from the first panel; a quantized part begins with a block.</summary>
    private static nint Place(PanelRange range, int column, DType storage) => storage == DType.Q8
        ? ((range.FirstOutput + column) / Width * QuantizedLayout.PanelBytes(range.Depth)) + (range.FirstInput / QuantizedLayout.Block * (nint)QuantizedLayout.BlockBytes)
        : (((nint)(range.FirstOutput + column) * range.Depth) + ((nint)range.FirstInput * Width)) * storage.Size();

    private static (int Panels, int Grain) Cut(int depth, int columns) =>
        (ProductBlocks.CeilingDivide(columns, Width), (int)Math.Max(1, 4 * Dispatch.Grain / Width / Math.Max(1, depth)));

    private static void Pack(float* source, nint strideDepth, nint strideColumn, int depth, int columns, byte* panel, DType storage)
    {
        if (storage == DType.F32)
        {
            Packing.PackColumns(source, strideDepth, strideColumn, depth, columns, (float*)panel);
            return;
        }

        float* wide = stackalloc float[NarrowedRows * Width];
        for (int k = 0; storage == DType.Q8 && k < depth; k += QuantizedLayout.Block, panel += QuantizedLayout.BlockBytes)
        {
            int count = Math.Min(QuantizedLayout.Block, depth - k);
            Packing.PackColumns(source + (k * strideDepth), strideDepth, strideColumn, count, columns, wide);
            new Span<float>(wide + (count * Width), (QuantizedLayout.Block - count) * Width).Clear();
            QuantizedPacking.Pack(wide, panel);
        }

        for (int k = 0; storage == DType.BF16 && k < depth; k += NarrowedRows)
        {
            int count = Math.Min(NarrowedRows, depth - k);
            Packing.PackColumns(source + (k * strideDepth), strideDepth, strideColumn, count, columns, wide);
            Packing.Narrow(wide, (ushort*)panel + ((nint)k * Width), count * Width);
        }
    }

    /// <summary>One panel of the twin: 48 inputs from <paramref name="first"/> on, of every output.</summary>
    private static void Turn(byte* panels, int inputs, int outputs, int first, byte* target, DType storage)
    {
        int count = Math.Min(Width, inputs - first);
        nint size = storage.Size();
        byte* panel = target + ((nint)first * outputs * size);
        if (count < Width)
        {
            new Span<byte>(panel, checked((int)(outputs * Width * size))).Clear();
        }

        for (int output = 0; output < outputs; output += Width)
        {
            int width = Math.Min(Width, outputs - output);
            byte* from = panels + ((((nint)output * inputs) + ((nint)first * Width)) * size);
            byte* to = panel + ((nint)output * Width * size);
            if (storage == DType.F32)
            {
                Packing.Interleave((float*)from, Width, count, width, (float*)to, Width);
                continue;
            }

            for (int k = 0; k < width; k++)
            {
                for (int column = 0; column < count; column++)
                {
                    ((ushort*)to)[(k * Width) + column] = ((ushort*)from)[(column * Width) + k];
                }
            }
        }
    }
}
