using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution to its input: each value of the input gathers from the outputs whose windows it took part in, which is a
/// convolution of the output's gradient with turned weights, one for each phase of the input within the stride (Dumoulin and Visin 2016,
/// arXiv:1603.07285, section 4). Nothing is scattered, so parts share no memory.
/// </summary>
/// <remarks>
/// The few channels of an image would leave most lanes of a vector empty; there <see cref="ImageGradient"/> does it.
/// </remarks>
internal static unsafe class ConvolutionInputGradient
{
    /// <summary>Floats of the packed weights of all phases.</summary>
    internal static long PackedLength(in ConvolutionShape shape)
    {
        if (ImageGradient.Suits(shape))
        {
            return ImageGradient.Packing(null, shape).PackedLength;
        }

        long total = 0;
        for (int phase = 0; phase < shape.Stride.Height * shape.Stride.Width; phase++)
        {
            total += Packing(null, shape, phase).PackedLength;
        }

        return total + (WinogradProduct.Suits(shape) ? WinogradWeights.Length(shape.Outputs, shape.Inputs) : 0);
    }

    /// <summary>Packs weights [output, input of the group, kernel row, kernel column].</summary>
    internal static void Pack(float* weights, in ConvolutionShape shape, float* panels)
    {
        if (ImageGradient.Suits(shape))
        {
            ImageGradient.Packing(weights, shape).Run(panels);
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

            if (WinogradProduct.Suits(shape))
            {
                WinogradWeights.Run(panels, shape.Outputs, shape.Inputs, panels + packing.PackedLength);
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

        if (ImageGradient.Suits(shape))
        {
            ImageGradient.Run(dy, y, shape, panels, dx);
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
        };
        for (int phase = 0; phase < shape.Stride.Height * shape.Stride.Width; phase++)
        {
            (int row, int column) = Math.DivRem(phase, shape.Stride.Width);
            arguments.Rows = Axis(shape, true, row).Axis;
            arguments.Columns = Axis(shape, false, column).Axis;
            arguments.Target = dx + ((((nint)row * shape.Width) + column) * shape.Inputs);
            if (shape.IsPointwise)
            {
                arguments.Flatten();
            }

            if (shape.IsDepthwise)
            {
                DepthwiseProduct.Run(arguments);
            }
            else if (WinogradProduct.Suits(shape) && WinogradProduct.Pays(shape.Height, shape.Width))
            {
                WinogradProduct.Run(arguments, panels + Packing(null, shape, phase).PackedLength);
            }
            else
            {
                WindowProduct.Run(arguments);
            }

            arguments.Panels += Packing(null, shape, phase).PackedLength;
        }
    }

    private static BackwardAxis Axis(in ConvolutionShape shape, bool rows, int phase) => rows
        ? WindowAxis.Backward(
            shape.Height, shape.Kernel.Height, shape.Stride.Height, shape.Dilation.Height, shape.Padding.Top, phase)
        : WindowAxis.Backward(
            shape.Width, shape.Kernel.Width, shape.Stride.Width, shape.Dilation.Width, shape.Padding.Left, phase);

    private static WeightPacking Packing(float* weights, in ConvolutionShape shape, int phase)
    {
        (int row, int column) = Math.DivRem(phase, shape.Stride.Width);
        BackwardAxis down = Axis(shape, true, row), across = Axis(shape, false, column);
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
}
