using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private static readonly string[] ChannelsLast = ["batch", "height", "width", "channel"];
    private static readonly string[] ChannelsFirst = ["batch", "channel", "height", "width"];
    private static readonly string[] Pooled = ["batch", "channel"];

    /// <summary>x · factor + addend, channel by channel: a batch norm at inference by <see cref="BatchNormalization.ToAffine"/>.</summary>
    /// <param name="x">[..., channel].</param>
    /// <param name="factor">[channel].</param>
    /// <param name="addend">[channel].</param>
    /// <exception cref="ShapeException">The sizes of factor or addend are not the number of channels.</exception>
    public Tensor Affine(Tensor x, Tensor factor, Tensor addend)
    {
        Require(factor.Count == x.Shape.Width, "Affine", x, factor, "a factor for each channel");
        Require(addend.Count == x.Shape.Width, "Affine", x, addend, "an addend for each channel");
        using Operand plain = Plain(x), scale = Plain(factor), shift = Plain(addend);
        Tensor result = New(x.Shape);
        ChannelAffine.Run(plain.Pointer, scale.Pointer, shift.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        (TapeNode? input, TapeNode? first) = (NodeOf(x), NodeOf(factor));
        return Record(
            result, 0, AffineRule, [input, first, NodeOf(addend)], [first is null ? null : x, input is null ? null : factor]);
    }

    /// <summary>Images at another size.</summary>
    /// <param name="x">[batch, height, width, channel], with at least one place.</param>
    /// <param name="size">The new height and width, 1 or more.</param>
    /// <param name="method">From how many places.</param>
    /// <param name="grid">Where pixels lie.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">x are no images or empty, or the size is impossible.</exception>
    public Tensor Resize(Tensor x, Size2D size, ResizeMethod method, ResizeGrid grid = ResizeGrid.HalfPixel)
    {
        Shape images = RequireImages("Resize", x.Shape);
        Size2D from = new(images[1], images[2]);
        if (size.Height < 1 || size.Width < 1 || from.Height < 1 || from.Width < 1)
        {
            throw new ShapeException($"Resize: {images} cannot be made {size}; both need a row and a column or more.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(Images(images[0], size.Height, size.Width, images[3]));
        ResizeKernel.Run(plain.Pointer, result.Pointer, images[0], from, size, images[3], method, grid, false);
        return Record(
            result,
            (from, size, method, grid),
            static (in step) =>
            {
                (Size2D from, Size2D size, ResizeMethod method, ResizeGrid grid) = step.State;
                using Operand gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(0));
                ResizeKernel.Run(part.Pointer, gradient.Pointer, part.Shape[0], from, size, part.Shape[3], method, grid, true);
                step.Give(0, part);
            },
            [NodeOf(x)]);
    }

    /// <summary>Images with a border of one value.</summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <param name="padding">Rows and columns on each side.</param>
    /// <param name="value">What stands there.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">x are no images, or a padding is negative.</exception>
    public Tensor Pad(Tensor x, Padding2D padding, float value = 0)
    {
        Shape images = RequireImages("Pad", x.Shape);
        if (Math.Min(Math.Min(padding.Top, padding.Bottom), Math.Min(padding.Left, padding.Right)) < 0)
        {
            throw new ShapeException($"Pad: padding ({padding}) of {images} is impossible; each side is 0 or more.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(Images(
            images[0], images[1] + padding.Top + padding.Bottom, images[2] + padding.Left + padding.Right, images[3]));
        BorderKernel.Pad(plain.Pointer, images[0], images[1], images[2], images[3], padding, value, result.Pointer);
        return Record(
            result,
            padding,
            static (in step) =>
            {
                using Operand gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(0));
                BorderKernel.Crop(gradient.Pointer, part.Shape[0], part.Shape[1], part.Shape[2], part.Shape[3], step.State, part.Pointer);
                step.Give(0, part);
            },
            [NodeOf(x)]);
    }

    /// <summary>Arrays joined along their last axis.</summary>
    /// <param name="parts">Two to six arrays [..., channel] that differ in the last axis alone; join more in several steps.</param>
    /// <returns>[..., all channels].</returns>
    /// <exception cref="ShapeException">The leading axes differ, or there are no parts or more than six.</exception>
    public Tensor ConcatenateChannels(params ReadOnlySpan<Tensor> parts)
    {
        if (parts.Length is 0 or > OperandSlots<int>.Most)
        {
            throw new ShapeException($"ConcatenateChannels: {parts.Length} arrays were given; 1 to {OperandSlots<int>.Most} can be joined at once.");
        }

        int width = 0;
        OperandSlots<TapeNode?> nodes = default;
        OperandSlots<int> widths = default;
        for (int i = 0; i < parts.Length; i++)
        {
            Require(
                parts[i].Shape.Rank > 0 && parts[i].Shape.Sizes[..^1].SequenceEqual(parts[0].Shape.Sizes[..^1]), "ConcatenateChannels", parts[0], parts[i],
                "the same axes before the last");
            width = checked(width + parts[i].Shape.Width);
            (nodes[i], widths[i]) = (NodeOf(parts[i]), parts[i].Shape.Width);
        }

        Tensor result = New(parts[0].Shape.WithWidth(width));
        int at = 0;
        foreach (Tensor part in parts)
        {
            using Operand plain = Plain(part);
            StridedCopy.Run(plain.Pointer, part.Shape.Width, result.Pointer + at, width, part.Shape.Rows, part.Shape.Width);
            at += part.Shape.Width;
        }

        return Record(result, (parts.Length, widths), ConcatenateRule, nodes);
    }

    /// <summary>
    /// x_i / (k + α / n · Σ x_j²)^β, the sum over the n channels around i (Krizhevsky, Sutskever and Hinton 2012, section 3.3).
    /// </summary>
    /// <param name="x">[..., channel].</param>
    /// <param name="size">n: channels in a window, 1 or more; of an even number the one more is before i.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β; 0.75 is fast.</param>
    /// <param name="k">k, above 0.</param>
    /// <exception cref="ShapeException">The window has no channels, or x has no axes.</exception>
    public Tensor LocalResponseNorm(Tensor x, int size, float alpha = 1e-4f, float beta = 0.75f, float k = 1)
    {
        if (size < 1 || x.Shape.Rank == 0)
        {
            throw new ShapeException($"LocalResponseNorm: windows of {size} channels over {x.Shape} are impossible; 1 or more can be.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        LocalResponse.Run(plain.Pointer, null, result.Pointer, x.Shape.Rows, x.Shape.Width, size, alpha, beta, k);
        return Record(
            result,
            (size, alpha, beta, k),
            static (in step) =>
            {
                (int size, float alpha, float beta, float k) = step.State;
                using Operand input = Plain(step.Saved(0)), gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(0));
                LocalResponse.Run(input.Pointer, gradient.Pointer, part.Pointer, part.Shape.Rows, part.Shape.Width, size, alpha, beta, k);
                step.Give(0, part);
            },
            [NodeOf(x)],
            [x]);
    }

    /// <summary>[batch, channel, height, width] as [batch, height, width, channel], the order of all operations on images here.</summary>
    /// <exception cref="ShapeException">x has not four axes.</exception>
    public Tensor ToChannelsLast(Tensor x)
    {
        Shape images = RequireImages("ToChannelsLast", x.Shape);
        return Turn(x, Images(images[0], images[2], images[3], images[1]), images[1], images[2] * images[3]);
    }

    /// <summary>[batch, height, width, channel] as [batch, channel, height, width], the order of PyTorch and ONNX.</summary>
    /// <exception cref="ShapeException">x has not four axes.</exception>
    public Tensor ToChannelsFirst(Tensor x)
    {
        Shape images = RequireImages("ToChannelsFirst", x.Shape);
        Shape turned = new Shape(images[0], images[3], images[1], images[2]).Under(ChannelsFirst);
        return Turn(x, turned, images[1] * images[2], images[3]);
    }

    private Tensor Turn(Tensor x, Shape shape, int rows, int columns)
    {
        using Operand plain = Plain(x);
        Tensor result = New(shape);
        MatrixTurn.Run(plain.Pointer, shape[0], rows, columns, result.Pointer);
        return Record(
            result,
            (rows, columns),
            static (in step) => step.Give(0, step.Ops.Turn(step.Gradient, step.ShapeOf(0), step.State.columns, step.State.rows)),
            [NodeOf(x)]);
    }

    private static void AffineRule(in BackwardStep<int> step)
    {
        using Operand gradient = Plain(step.Gradient);
        (int rows, int width) = (step.Gradient.Shape.Rows, step.Gradient.Shape.Width);
        if (step.Wants(0))
        {
            using Operand factor = Plain(step.Saved(1));
            Tensor part = step.Ops.New(step.ShapeOf(0));
            ChannelAffine.Run(gradient.Pointer, factor.Pointer, null, part.Pointer, rows, width);
            step.Give(0, part);
        }

        if (step.Wants(1))
        {
            using Operand x = Plain(step.Saved(0));
            Tensor part = step.Ops.New(step.ShapeOf(1));
            ChannelSums.Run(gradient.Pointer, x.Pointer, rows, width, part.Pointer);
            step.Give(1, part);
        }

        if (step.Wants(2))
        {
            Tensor part = step.Ops.New(step.ShapeOf(2));
            ChannelSums.Run(gradient.Pointer, null, rows, width, part.Pointer);
            step.Give(2, part);
        }
    }

    private static void ConcatenateRule(in BackwardStep<(int Parts, OperandSlots<int> Widths)> step)
    {
        using Operand gradient = Plain(step.Gradient);
        int at = 0;
        for (int i = 0; i < step.State.Parts; i++)
        {
            int width = step.State.Widths[i];
            if (step.Wants(i))
            {
                Tensor part = step.Ops.New(step.ShapeOf(i));
                StridedCopy.Run(gradient.Pointer + at, step.Gradient.Shape.Width, part.Pointer, width, part.Shape.Rows, width);
                step.Give(i, part);
            }

            at += width;
        }
    }
}
