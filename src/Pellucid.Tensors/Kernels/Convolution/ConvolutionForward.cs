namespace Pellucid.Tensors.Kernels;

/// <summary>y [batch, row, column, output] = windows of x · weights (+ bias), then the larger of it and 0 on request.</summary>
internal static unsafe class ConvolutionForward
{
    /// <summary>Floats of the packed weights: the panels, and behind them those of <see cref="WinogradWeights"/> where they are of use.</summary>
    internal static long PackedLength(in ConvolutionShape shape) =>
        shape.IsDepthwise ? (long)shape.Inputs * shape.Kernel.Height * shape.Kernel.Width
        : Packing(null, shape).PackedLength + (WinogradProduct.Suits(shape) ? WinogradWeights.Length(shape.Inputs, shape.Outputs) : 0);

    /// <summary>Floats of the packed bias.</summary>
    internal static long PackedBiasLength(in ConvolutionShape shape) =>
        shape.IsDepthwise ? shape.Outputs : (long)shape.Groups * ColumnPanels.Padded(shape.GroupOutputs);

    /// <summary>Packs weights [output, input of the group, kernel row, kernel column].</summary>
    internal static void Pack(float* weights, in ConvolutionShape shape, float* panels)
    {
        if (shape.IsDepthwise)
        {
            DepthwiseProduct.Pack(Packing(weights, shape), panels);
            return;
        }

        WeightPacking packing = Packing(weights, shape);
        packing.Run(panels);
        if (WinogradProduct.Suits(shape))
        {
            WinogradWeights.Run(panels, shape.Inputs, shape.Outputs, panels + packing.PackedLength);
        }
    }

    /// <summary>The weights that were packed, in their order.</summary>
    internal static void Unpack(float* panels, in ConvolutionShape shape, float* weights)
    {
        int taps = shape.Kernel.Height * shape.Kernel.Width, inputs = shape.GroupInputs, outputs = shape.GroupOutputs;
        int depth = taps * inputs;
        for (int group = 0; group < shape.Groups; group++)
        {
            float* packed = panels + ((nint)group * depth * ColumnPanels.Padded(outputs));
            for (int panel = 0; !shape.IsDepthwise && panel < ColumnPanels.Count(outputs); panel++)
            {
                int first = ColumnPanels.First(outputs, panel), width = ColumnPanels.First(outputs, panel + 1) - first;
                for (int n = first; n < Math.Min(outputs, first + width); n++)
                {
                    float* target = weights + ((((nint)group * outputs) + n) * depth);
                    for (int k = 0; k < depth; k++)
                    {
                        target[(k % inputs * taps) + (k / inputs)] = packed[((nint)first * depth) + ((nint)k * width) + n - first];
                    }
                }
            }

            for (int tap = 0; shape.IsDepthwise && tap < taps; tap++)
            {
                weights[(group * taps) + tap] = panels[(tap * shape.Groups) + group];
            }
        }
    }

    /// <summary>Packs a bias [output]: for each group its outputs, filled with zeros up to whole panels.</summary>
    internal static void PackBias(float* bias, in ConvolutionShape shape, float* packed)
    {
        int outputs = shape.GroupOutputs, padded = shape.IsDepthwise ? 1 : ColumnPanels.Padded(outputs);
        for (int group = 0; group < shape.Groups; group++)
        {
            new Span<float>(bias + (group * outputs), outputs).CopyTo(new Span<float>(packed + (group * padded), outputs));
            new Span<float>(packed + (group * padded) + outputs, padded - outputs).Clear();
        }
    }

    /// <summary>The convolution; <paramref name="bias"/> is packed, or null.</summary>
    internal static void Run(float* x, in ConvolutionShape shape, float* panels, float* bias, bool relu, float* y)
    {
        WindowArguments arguments = new()
        {
            Source = x,
            Batch = shape.Batch,
            SourceHeight = shape.Height,
            SourceWidth = shape.Width,
            SourceChannels = shape.Inputs,
            Groups = shape.Groups,
            Rows = WindowAxis.Forward(shape.OutHeight, shape.Kernel.Height, shape.Stride.Height, shape.Dilation.Height, shape.Padding.Top),
            Columns = WindowAxis.Forward(shape.OutWidth, shape.Kernel.Width, shape.Stride.Width, shape.Dilation.Width, shape.Padding.Left),
            Panels = panels,
            Outputs = shape.GroupOutputs,
            Bias = bias,
            Relu = relu,
            Target = y,
            TargetBatchStride = (nint)shape.OutHeight * shape.OutWidth * shape.Outputs,
            TargetRowStride = (nint)shape.OutWidth * shape.Outputs,
            TargetColumnStride = shape.Outputs,
        };
        if (shape.IsPointwise)
        {
            arguments.Flatten();
        }

        if (shape.IsDepthwise)
        {
            DepthwiseProduct.Run(arguments);
        }
        else if (WinogradProduct.Suits(shape) && WinogradProduct.Pays(shape.OutHeight, shape.OutWidth))
        {
            WinogradProduct.Run(arguments, panels + Packing(null, shape).PackedLength);
        }
        else
        {
            WindowProduct.Run(arguments);
        }
    }

    private static WeightPacking Packing(float* weights, in ConvolutionShape shape)
    {
        int window = shape.Kernel.Height * shape.Kernel.Width;
        return new()
        {
            Source = weights,
            Groups = shape.Groups,
            Rows = shape.Kernel.Height,
            Columns = shape.Kernel.Width,
            Channels = shape.GroupInputs,
            Outputs = shape.GroupOutputs,
            StrideGroup = (nint)shape.GroupOutputs * shape.GroupInputs * window,
            StrideRow = shape.Kernel.Width,
            StrideColumn = 1,
            StrideChannel = window,
            StrideOutput = (nint)shape.GroupInputs * window,
        };
    }
}
