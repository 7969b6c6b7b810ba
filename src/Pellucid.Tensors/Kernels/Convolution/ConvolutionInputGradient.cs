using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution to its input: each value of the input gathers from the outputs whose windows it took part in, which is a
/// convolution of the output's gradient with turned weights, one for each phase of the input within the stride (Dumoulin and Visin 2016,
/// arXiv:1603.07285, section 4). Nothing is scattered, so parts share no memory.
/// </summary>
/// <remarks>
/// An image's few channels would leave most lanes of a vector empty. There the phases of a block of neighbouring places are computed
/// together, as columns of one product over the outputs that any of them needs, with zeros where one does not.
/// </remarks>
internal static unsafe class ConvolutionInputGradient
{
    private const int MostBlockChannels = 8;
    private const int MostBlockDepth = 4096;

    /// <summary>Floats of the packed weights of all phases.</summary>
    internal static long PackedLength(in ConvolutionShape shape)
    {
        if (Block(shape) is var block and > 1)
        {
            (WindowAxis rows, WindowAxis columns) = (Union(shape, block, true), Union(shape, block, false));
            return (long)rows.Taps * columns.Taps * shape.Outputs * ColumnPanels.Padded(block * block * shape.Inputs);
        }

        long total = 0;
        for (int phase = 0; phase < shape.Stride.Height * shape.Stride.Width; phase++)
        {
            total += Packing(null, shape, phase).PackedLength;
        }

        return total;
    }

    /// <summary>Packs weights [output, input of the group, kernel row, kernel column].</summary>
    internal static void Pack(float* weights, in ConvolutionShape shape, float* panels)
    {
        if (Block(shape) is var block and > 1)
        {
            PackBlock(weights, shape, block, panels);
            return;
        }

        for (int phase = 0; phase < shape.Stride.Height * shape.Stride.Width; phase++)
        {
            WeightPacking packing = Packing(weights, shape, phase);
            if (shape.IsDepthwise)
            {
                DepthwiseProduct.Pack(packing, panels);
            }
            else
            {
                packing.Run(panels);
            }

            panels += packing.PackedLength;
        }
    }

    /// <summary>
    /// dx [batch, row, column, input] from dy [batch, row, column, output]. Where <paramref name="y"/> is not null, dy counts as 0 where y
    /// is not above 0: the gradient passes back through the fused ReLU.
    /// </summary>
    internal static void Run(float* dy, float* y, in ConvolutionShape shape, float* panels, float* dx)
    {
        if (shape.IsDepthwise && y != null)
        {
            long count = (long)shape.Batch * shape.OutHeight * shape.OutWidth * shape.Outputs;
            NativeBuffer passed = NativeBuffer.Rent(count * sizeof(float));
            ReluGradient.Run(y, dy, (float*)passed.Pointer, count);
            Run((float*)passed.Pointer, null, shape, panels, dx);
            passed.Release();
            return;
        }

        WindowArguments arguments = new()
        {
            Source = dy,
            Mask = y,
            Batch = shape.Batch,
            SourceHeight = shape.OutHeight,
            SourceWidth = shape.OutWidth,
            SourceChannels = shape.Outputs,
            Groups = shape.Groups,
            Panels = panels,
            Outputs = shape.GroupInputs,
            TargetBatchStride = (nint)shape.Height * shape.Width * shape.Inputs,
            TargetRowStride = (nint)shape.Width * shape.Inputs * shape.Stride.Height,
            TargetColumnStride = (nint)shape.Inputs * shape.Stride.Width,
            Block = 1,
        };
        if (Block(shape) is var block and > 1)
        {
            arguments.Block = block;
            arguments.Rows = Union(shape, block, true);
            arguments.Columns = Union(shape, block, false);
            arguments.Outputs = block * block * shape.Inputs;
            arguments.Target = dx;
            arguments.TargetHeight = shape.Height;
            arguments.TargetWidth = shape.Width;
            arguments.TargetRowStride = (nint)shape.Width * shape.Inputs * block;
            arguments.TargetColumnStride = (nint)shape.Inputs * block;
            WindowProduct.Run(arguments);
            return;
        }

        for (int phase = 0; phase < shape.Stride.Height * shape.Stride.Width; phase++)
        {
            (int row, int column) = Math.DivRem(phase, shape.Stride.Width);
            arguments.Rows = Axis(shape, true, row, shape.Stride.Height).Axis;
            arguments.Columns = Axis(shape, false, column, shape.Stride.Width).Axis;
            arguments.Target = dx + ((((nint)row * shape.Width) + column) * shape.Inputs);
            if (shape.IsPointwise)
            {
                arguments.Flatten();
            }

            if (shape.IsDepthwise)
            {
                DepthwiseProduct.Run(arguments);
            }
            else
            {
                WindowProduct.Run(arguments);
            }

            arguments.Panels += Packing(null, shape, phase).PackedLength;
        }
    }

    private static BackwardAxis Axis(in ConvolutionShape shape, bool rows, int phase, int period) => rows
        ? WindowAxis.Backward(
            shape.Height, shape.Kernel.Height, shape.Stride.Height, shape.Dilation.Height, shape.Padding.Top, phase, period)
        : WindowAxis.Backward(
            shape.Width, shape.Kernel.Width, shape.Stride.Width, shape.Dilation.Width, shape.Padding.Left, phase, period);

    private static WeightPacking Packing(float* weights, in ConvolutionShape shape, int phase)
    {
        (int row, int column) = Math.DivRem(phase, shape.Stride.Width);
        BackwardAxis down = Axis(shape, true, row, shape.Stride.Height), across = Axis(shape, false, column, shape.Stride.Width);
        int window = shape.Kernel.Height * shape.Kernel.Width;
        return new()
        {
            Source = weights + (down.LastKernel * shape.Kernel.Width) + across.LastKernel,
            Groups = shape.Groups,
            Rows = down.Axis.Taps,
            Columns = across.Axis.Taps,
            Channels = shape.GroupOutputs,
            Outputs = shape.GroupInputs,
            StrideGroup = (nint)shape.GroupOutputs * shape.GroupInputs * window,
            StrideRow = -down.KernelStep * shape.Kernel.Width,
            StrideColumn = -across.KernelStep,
            StrideChannel = (nint)shape.GroupInputs * window,
            StrideOutput = window,
        };
    }

    /// <summary>How many neighbouring rows and columns are computed together; 1 where channels fill vectors by themselves.</summary>
    private static int Block(in ConvolutionShape shape)
    {
        int block = Math.Max(2, shape.Stride.Height);
        bool fits = shape.Groups == 1 && shape.Inputs <= MostBlockChannels && block * block * shape.Inputs <= 2 * ColumnPanels.WidestPanel &&
            shape.Stride.Height == shape.Stride.Width && shape.Dilation == new Size2D(1, 1) && !shape.IsPointwise;
        return fits && (long)Union(shape, block, true).Taps * Union(shape, block, false).Taps * shape.Outputs <= MostBlockDepth ? block : 1;
    }

    /// <summary>The outputs that any phase of a block gathers from.</summary>
    private static WindowAxis Union(in ConvolutionShape shape, int block, bool rows)
    {
        int first = int.MaxValue, last = int.MinValue;
        for (int phase = 0; phase < block; phase++)
        {
            WindowAxis axis = Axis(shape, rows, phase, block).Axis;
            if (axis.Taps > 0)
            {
                first = Math.Min(first, axis.First);
                last = Math.Max(last, axis.First + axis.Taps - 1);
            }
        }

        int size = rows ? shape.Height : shape.Width, stride = shape.Stride.Height;
        return new((size + block - 1) / block, block / stride, first, last - first + 1, 1);
    }

    private static void PackBlock(float* weights, in ConvolutionShape shape, int block, float* panels)
    {
        WindowAxis rows = Union(shape, block, true), columns = Union(shape, block, false);
        int outputs = block * block * shape.Inputs, depth = rows.Taps * columns.Taps * shape.Outputs;
        new Span<float>(panels, checked(depth * ColumnPanels.Padded(outputs))).Clear();
        for (int n = 0; n < outputs; n++)
        {
            (int place, int input) = Math.DivRem(n, shape.Inputs);
            BackwardAxis down = Axis(shape, true, place / block, block), across = Axis(shape, false, place % block, block);
            int panel = 0;
            while (ColumnPanels.First(outputs, panel + 1) <= n)
            {
                panel++;
            }

            int first = ColumnPanels.First(outputs, panel), width = ColumnPanels.First(outputs, panel + 1) - first;
            float* target = panels + ((nint)first * depth) + n - first;
            for (int row = 0; row < down.Axis.Taps; row++)
            {
                for (int column = 0; column < across.Axis.Taps; column++)
                {
                    int tap = ((row + down.Axis.First - rows.First) * columns.Taps) + column + across.Axis.First - columns.First;
                    int kernel = ((down.LastKernel - (row * down.KernelStep)) * shape.Kernel.Width) +
                        across.LastKernel - (column * across.KernelStep);
                    for (int output = 0; output < shape.Outputs; output++)
                    {
                        target[(nint)width * ((tap * shape.Outputs) + output)] = weights[
                            ((((nint)output * shape.Inputs) + input) * shape.Kernel.Height * shape.Kernel.Width) + kernel];
                    }
                }
            }
        }
    }
}
