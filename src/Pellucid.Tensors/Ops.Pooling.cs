using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>The largest value of each window. The gradient goes to the first of equal ones, row by row.</summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <param name="options">How windows lie; padding never wins.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">x are no images, the options are impossible, or no window fits.</exception>
    public Tensor MaxPool(Tensor x, Pooling2D options)
    {
        PoolShape shape = PoolShapeOf("MaxPool", x.Shape, options);
        using Operand plain = Plain(x);
        Tensor result = New(Images(shape.Batch, shape.OutHeight, shape.OutWidth, shape.Channels));
        PoolKernel.Max(shape, plain.Pointer, result.Pointer);
        return Record(
            result,
            shape,
            static (in step) =>
            {
                using Operand input = Plain(step.Saved(0)), gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(0));
                PoolGradient.Max(step.State, input.Pointer, gradient.Pointer, part.Pointer);
                step.Give(0, part);
            },
            [NodeOf(x)],
            [x]);
    }

    /// <summary>The mean of each window.</summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <param name="options">How windows lie, and whether padding counts in the divisor; what overhangs even the padding never does.</param>
    /// <returns>[batch, height, width, channel].</returns>
    /// <exception cref="ShapeException">x are no images, the options are impossible, or no window fits.</exception>
    public Tensor AveragePool(Tensor x, Pooling2D options)
    {
        PoolShape shape = PoolShapeOf("AveragePool", x.Shape, options);
        using Operand plain = Plain(x);
        Tensor result = New(Images(shape.Batch, shape.OutHeight, shape.OutWidth, shape.Channels));
        PoolKernel.Average(shape, options.CountIncludesPadding, plain.Pointer, result.Pointer);
        return Record(
            result,
            (Shape: shape, options.CountIncludesPadding),
            static (in step) =>
            {
                using Operand gradient = Plain(step.Gradient);
                Tensor part = step.Ops.New(step.ShapeOf(0));
                PoolGradient.Average(step.State.Shape, step.State.CountIncludesPadding, gradient.Pointer, part.Pointer);
                step.Give(0, part);
            },
            [NodeOf(x)]);
    }

    /// <summary>The mean of each channel over the whole image.</summary>
    /// <param name="x">[batch, height, width, channel].</param>
    /// <returns>[batch, channel].</returns>
    /// <exception cref="ShapeException">x are no images, or they are empty.</exception>
    public Tensor GlobalAveragePool(Tensor x)
    {
        Shape images = RequireImages("GlobalAveragePool", x.Shape);
        Tensor mean = AveragePool(x, new Pooling2D { Kernel = new(images[1], images[2]) });
        return Reshape(mean, new Shape(images[0], images[3]).Under(Pooled));
    }

    private static PoolShape PoolShapeOf(string operation, Shape images, Pooling2D options)
    {
        (Size2D kernel, Size2D stride, Padding2D padding) = (options.Kernel, options.Stride, options.Padding);
        RequireImages(operation, images);
        int rows = Math.Max(padding.Top, padding.Bottom), columns = Math.Max(padding.Left, padding.Right);
        int least = Math.Min(Math.Min(padding.Top, padding.Bottom), Math.Min(padding.Left, padding.Right));
        if (kernel.Height < 1 || kernel.Width < 1 || stride.Height < 1 || stride.Width < 1 || least < 0 || rows > kernel.Height / 2 || columns > kernel.Width / 2)
        {
            throw new ShapeException(
                $"{operation}: windows of {kernel} every {stride} with padding ({padding}) are impossible; sizes are 1 or more, and padding is 0 to half a window.");
        }

        PoolShape shape = PoolShape.Of(images[0], images[1], images[2], images[3], options);
        return shape.OutHeight > 0 && shape.OutWidth > 0
            ? shape
            : throw new ShapeException($"{operation}: no window of {kernel} fits into {images} with padding ({padding}). Use smaller windows.");
    }
}
