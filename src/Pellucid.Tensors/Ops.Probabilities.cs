namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private delegate void RowGradientKernel(float* y, float* dy, float* dx, long rows, int width);

    /// <summary>e^x / Σ e^x over the last axis.</summary>
    public Tensor Softmax(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Kernels.Softmax.Rows(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return Record<RowGradientKernel>(result, Kernels.Softmax.RowsGradient, RowsRule, [NodeOf(x)], [result]);
    }

    /// <summary>x − log Σ e^x over the last axis, in nats.</summary>
    public Tensor LogSoftmax(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Kernels.Softmax.LogRows(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return Record<RowGradientKernel>(result, Kernels.Softmax.LogRowsGradient, RowsRule, [NodeOf(x)], [result]);
    }

    /// <summary>−log softmax(logits)[target] of each row, in nats; their <see cref="Mean(Tensor)"/> is a loss.</summary>
    /// <param name="logits">[..., vocabulary].</param>
    /// <param name="targets">The right class of each row.</param>
    /// <returns>[rows].</returns>
    /// <exception cref="ShapeException">The number of targets is not the number of rows, or a target is outside the vocabulary.</exception>
    public Tensor CrossEntropy(Tensor logits, ReadOnlySpan<int> targets)
    {
        if (targets.Length != logits.Shape.Rows || targets.ContainsAnyExceptInRange(0, logits.Shape.Width - 1))
        {
            throw new ShapeException(
                $"CrossEntropy: {targets.Length} targets do not fit logits {logits.Shape}: one a row, each 0 to {logits.Shape.Width - 1}.");
        }

        using Operand plain = Plain(logits);
        Tensor result = New(new Shape(targets.Length));
        fixed (int* chosen = targets)
        {
            Kernels.Softmax.CrossEntropy(plain.Pointer, chosen, result.Pointer, targets.Length, logits.Shape.Width);
        }

        return Record(result, targets, static (in step) =>
        {
            using Operand logits = Plain(step.Saved(1));
            Tensor part = step.Ops.New(step.ShapeOf(0)), chosen = step.Saved(0);
            Kernels.Softmax.CrossEntropyGradient(
                logits.Pointer, (int*)chosen.RawPointer, step.Gradient.Pointer, part.Pointer, chosen.Shape[0], part.Shape.Width);
            step.Give(0, part);
        }, [NodeOf(logits)], [logits]);
    }

    private static void RowsRule(in BackwardStep<RowGradientKernel> step)
    {
        using Operand result = Plain(step.Saved(0));
        Tensor part = step.Ops.New(step.Gradient.Shape);
        step.State(result.Pointer, step.Gradient.Pointer, part.Pointer, part.Shape.Rows, part.Shape.Width);
        step.Give(0, part);
    }
}
