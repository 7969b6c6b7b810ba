using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>
    /// A two-dimensional convolution (a cross-correlation: the kernel is not turned), with its bias and ReLU, by weights packed beforehand.
    /// </summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <param name="convolution">Weights, bias and how windows lie. Its own gradient cannot be had; for that pass the weights as arrays.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">The image has other channels than the weights, or no window fits into it.</exception>
    public Tensor Convolve(Tensor x, PackedConvolution convolution)
    {
        ConvolutionShape shape = convolution.For(x.Shape);
        Tensor result = Convolve(x, shape, convolution);
        return Record(
            result,
            new ConvolutionState(shape, convolution.Options.Relu, convolution),
            ConvolveRule,
            [NodeOf(x)],
            [null, null, convolution.Options.Relu ? result : null]);
    }

    /// <summary>A two-dimensional convolution (a cross-correlation: the kernel is not turned), with its bias and ReLU.</summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <param name="weight">[out_channel, in_channel / groups, kernel_row, kernel_column], packed on the way.</param>
    /// <param name="bias">[out_channel], or none.</param>
    /// <param name="options">How windows lie, and what is fused.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">The shapes or the options do not fit together, or no window fits into the image.</exception>
    public Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, Convolution2D options)
    {
        using PackedConvolution packed = PackedConvolution.Pack(weight, bias, options);
        ConvolutionShape shape = packed.For(x.Shape);
        Tensor result = Convolve(x, shape, packed);
        (TapeNode? input, TapeNode? weights, TapeNode? addend) = (NodeOf(x), NodeOf(weight), bias is null ? null : NodeOf(bias));
        return Record(
            result,
            new ConvolutionState(shape, options.Relu, null),
            ConvolveRule,
            [input, weights, addend],
            [weights is null ? null : x, input is null ? null : weight, options.Relu ? result : null]);
    }

    private static void ConvolveRule(in BackwardStep<ConvolutionState> step)
    {
        (ConvolutionShape shape, bool relu, PackedConvolution? packed) = step.State;
        using Operand gradient = Plain(step.Gradient), passed = Plain(relu ? step.Saved(2) : step.Gradient);
        float* dy = gradient.Pointer, y = relu ? passed.Pointer : null;
        bool parameters = packed is null && (step.Wants(1) || step.Wants(2));
        if (relu && parameters)
        {
            Tensor masked = step.Ops.New(step.Gradient.Shape); // once for all three, else on the way of the one
            ReluGradient.Run(y, dy, masked.Pointer, masked.Count);
            dy = masked.Pointer;
            y = null;
        }

        if (step.Wants(0))
        {
            Tensor part = step.Ops.New(step.ShapeOf(0));
            if (packed is not null)
            {
                ConvolutionInputGradient.Run(dy, y, shape, packed.TurnedPanels(), part.Pointer);
                GC.KeepAlive(packed);
            }
            else
            {
                using Operand weight = Plain(step.Saved(1));
                NativeBuffer turned = NativeBuffer.Rent(ConvolutionInputGradient.PackedLength(shape) * sizeof(float));
                ConvolutionInputGradient.Pack(weight.Pointer, shape, (float*)turned.Pointer);
                ConvolutionInputGradient.Run(dy, y, shape, (float*)turned.Pointer, part.Pointer);
                turned.Release();
            }

            step.Give(0, part);
        }

        if (!parameters)
        {
            return;
        }

        if (step.Wants(1))
        {
            using Operand x = Plain(step.Saved(0));
            Tensor part = step.Ops.New(step.ShapeOf(1));
            ConvolutionWeightGradient.Run(x.Pointer, dy, shape, part.Pointer);
            step.Give(1, part);
        }

        if (step.Wants(2))
        {
            Tensor part = step.Ops.New(step.ShapeOf(2));
            ChannelSums.Run(dy, null, step.Gradient.Shape.Rows, shape.Outputs, part.Pointer);
            step.Give(2, part);
        }
    }

    private Tensor Convolve(Tensor x, in ConvolutionShape shape, PackedConvolution packed)
    {
        using Operand plain = Plain(x);
        Tensor result = New(Images(shape.Batch, shape.OutHeight, shape.OutWidth, shape.Outputs));
        ConvolutionForward.Run(plain.Pointer, shape, packed.Panels, packed.Bias, packed.Options.Relu, result.Pointer);
        GC.KeepAlive(packed);
        return result;
    }

    private static Shape Images(int batch, int height, int width, int channels) =>
        new Shape(batch, height, width, channels).Under(ChannelsLast);

    private static Shape RequireImages(string operation, Shape shape) => shape.Rank == 4
        ? shape
        : throw new ShapeException(
            $"{operation}: {shape} are no images; expected [batch, height, width, channel]. From [batch, channel, height, width] convert with ToChannelsLast.");

    private readonly record struct ConvolutionState(ConvolutionShape Shape, bool Relu, PackedConvolution? Packed);
}
