using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>
/// A convolution's weights and bias in the order in which its kernel reads them, packed once. The layout is the same for every instruction
/// set. Immutable, and safe for many threads until disposed; it owns its memory, which a finalizer reclaims if it is forgotten. What the
/// gradient to the input needs is packed when it is first asked for.
/// </summary>
public sealed unsafe class PackedConvolution : IDisposable
{
    private readonly ConvolutionShape _shape; // with no image
    private readonly long _biasOffset;
    private readonly Lock _lock = new();
    private NativeBuffer? _buffer;
    private NativeBuffer? _turned;

    private PackedConvolution(in ConvolutionShape shape, Convolution2D options, bool hasBias)
    {
        (_shape, Options, HasBias) = (shape, options, hasBias);
        _biasOffset = ConvolutionForward.PackedLength(shape);
        _buffer = NativeBuffer.Rent((_biasOffset + (hasBias ? ConvolutionForward.PackedBiasLength(shape) : 0)) * sizeof(float));
    }

    /// <summary>How windows lie, and what is fused.</summary>
    public Convolution2D Options { get; }

    /// <summary>Rows and columns of a window.</summary>
    public Size2D Kernel => _shape.Kernel;

    /// <summary>Channels that enter.</summary>
    public int Inputs => _shape.Inputs;

    /// <summary>Channels that leave.</summary>
    public int Outputs => _shape.Outputs;

    /// <summary>Whether a bias is added.</summary>
    public bool HasBias { get; }

    internal float* Panels => (float*)Buffer.Pointer;

    internal float* Bias => HasBias ? Panels + _biasOffset : null;

    private NativeBuffer Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PackedConvolution));

    /// <summary>Packs a copy of a convolution's weights.</summary>
    /// <param name="weight">[out_channel, in_channel / groups, kernel_row, kernel_column], as checkpoints store them.</param>
    /// <param name="bias">[out_channel], or none.</param>
    /// <param name="options">How windows lie, and what is fused.</param>
    /// <returns>The packed convolution, owned by the caller.</returns>
    /// <exception cref="ShapeException">The weights have not four axes, the groups do not divide the outputs, the bias has another size, or
    /// a stride, dilation or padding is impossible.</exception>
    public static PackedConvolution Pack(Tensor weight, Tensor? bias, Convolution2D options)
    {
        ConvolutionShape shape = ShapeOf(weight.Shape, bias?.Shape, options);
        using Tensor values = weight.To(DType.F32);
        PackedConvolution packed = new(shape, options, bias is not null);
        ConvolutionForward.Pack(values.Pointer, shape, packed.Panels);
        if (bias is not null)
        {
            using Tensor addends = bias.To(DType.F32);
            ConvolutionForward.PackBias(addends.Pointer, shape, packed.Bias);
            GC.KeepAlive(addends);
        }

        GC.KeepAlive(values);
        return packed;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _buffer, null)?.Release();
        Interlocked.Exchange(ref _turned, null)?.Release();
    }

    /// <summary>The convolution's sizes without an image, from its weights.</summary>
    internal static ConvolutionShape ShapeOf(Shape weight, Shape? bias, Convolution2D options)
    {
        static bool Positive(Size2D size) => size.Height > 0 && size.Width > 0;

        if (weight.Rank != 4 || weight.Count == 0 || options.Groups < 1 || weight[0] % options.Groups != 0 || bias is { } b && b.Count != weight[0])
        {
            throw new ShapeException(
                $"Convolve: weights {weight}{(bias is { } met ? $" and bias {met}" : "")} do not fit {options.Groups} groups; expected "
                + "[out_channel, in_channel / groups, kernel_row, kernel_column] whose outputs the groups divide, and a bias for each output.");
        }

        if (!Positive(options.Stride) || !Positive(options.Dilation)
            || Math.Min(Math.Min(options.Padding.Top, options.Padding.Left), Math.Min(options.Padding.Bottom, options.Padding.Right)) < 0)
        {
            throw new ShapeException(
                $"Convolve: stride {options.Stride}, dilation {options.Dilation} and padding ({options.Padding}) are impossible; strides and "
                + "dilations are 1 or more, paddings 0 or more.");
        }

        return new ConvolutionShape
        {
            Batch = 0,
            Height = 0,
            Width = 0,
            Inputs = checked(weight[1] * options.Groups),
            Outputs = weight[0],
            Kernel = new(weight[2], weight[3]),
            Stride = options.Stride,
            Dilation = options.Dilation,
            Padding = options.Padding,
            Groups = options.Groups,
        };
    }

    /// <summary>The sizes for images of a shape.</summary>
    internal ConvolutionShape For(Shape images) => WithImages(_shape, images);

    /// <summary>The sizes for images of a shape.</summary>
    /// <exception cref="ShapeException">They are not [batch, height, width, channel] with the weights' channels, or smaller than a window.</exception>
    internal static ConvolutionShape WithImages(in ConvolutionShape shape, Shape images)
    {
        if (images.Rank != 4 || images[3] != shape.Inputs)
        {
            throw new ShapeException(
                $"Convolve: {images} does not fit weights [out_channel {shape.Outputs}, in_channel {shape.Inputs}, kernel_row {shape.Kernel.Height}, "
                + $"kernel_column {shape.Kernel.Width}]; expected [batch, height, width, channel {shape.Inputs}]. From [batch, channel, height, width] convert with ToChannelsLast.");
        }

        ConvolutionShape result = shape with { Batch = images[0], Height = images[1], Width = images[2] };
        return result.OutHeight > 0 && result.OutWidth > 0
            ? result
            : throw new ShapeException(
                $"Convolve: no window of {shape.Kernel} with dilation {shape.Dilation} fits into {images} with padding ({shape.Padding}). Use larger images or more padding.");
    }

    /// <summary>The weights of the gradient to the input, packed at the first call.</summary>
    internal float* TurnedPanels()
    {
        lock (_lock)
        {
            if (_turned is null)
            {
                NativeBuffer weights = NativeBuffer.Rent((long)Outputs * _shape.GroupInputs * Kernel.Height * Kernel.Width * sizeof(float));
                ConvolutionForward.Unpack(Panels, _shape, (float*)weights.Pointer);
                NativeBuffer turned = NativeBuffer.Rent(ConvolutionInputGradient.PackedLength(_shape) * sizeof(float));
                ConvolutionInputGradient.Pack((float*)weights.Pointer, _shape, (float*)turned.Pointer);
                weights.Release();
                _turned = turned;
            }

            return (float*)_turned.Pointer;
        }
    }
}
