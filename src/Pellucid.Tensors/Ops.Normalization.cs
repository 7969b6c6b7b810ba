namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>x / sqrt(mean(x²) + eps) × weight, row by row (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width], or none for ones.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <exception cref="ShapeException">The weight's size is not the width.</exception>
    public Tensor RmsNorm(Tensor x, Tensor? weight, float epsilon)
    {
        CheckWeight("RmsNorm", x, weight, "a weight for each value of a row");
        using Operand plain = Plain(x), factors = Plain(weight ?? x);
        Tensor result = New(x.Shape);
        Kernels.Normalization.RmsNorm(
            plain.Pointer, weight is null ? null : factors.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, epsilon);
        return Record(result, epsilon, RmsNormRule, [NodeOf(x), weight is null ? null : NodeOf(weight)], [x, weight]);
    }

    /// <summary>The divisor of a root-mean-square norm: sqrt(mean(x²) + eps) of each row.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>[..., 1].</returns>
    public Tensor RmsScale(Tensor x, float epsilon)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(1));
        Kernels.Normalization.RmsScale(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, epsilon);
        return Record(result, 0, static (in step) =>
        {
            using Operand x = Plain(step.Saved(0)), scale = Plain(step.Saved(1)), gradient = Plain(step.Gradient);
            Shape shape = step.ShapeOf(0);
            Tensor part = step.Ops.New(shape);
            Kernels.Normalization.RmsScaleGradient(x.Pointer, scale.Pointer, gradient.Pointer, part.Pointer, shape.Rows, shape.Width);
            step.Give(0, part);
        }, [NodeOf(x)], [x, result]);
    }

    /// <summary>(x − mean) / sqrt(variance + eps) × weight + bias, row by row (Ba, Kiros and Hinton 2016, arXiv:1607.06450).</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width], or none for ones.</param>
    /// <param name="bias">[width], or none.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The size of the weight or of the bias is not the width.</exception>
    public Tensor LayerNorm(Tensor x, Tensor? weight, Tensor? bias, float epsilon)
    {
        CheckWeight("LayerNorm", x, weight, "a weight for each value of a row");
        CheckWeight("LayerNorm", x, bias, "a bias for each value of a row");
        using Operand plain = Plain(x), factors = Plain(weight ?? x), addends = Plain(bias ?? x);
        Tensor result = New(x.Shape);
        Kernels.Normalization.LayerNorm(
            plain.Pointer, weight is null ? null : factors.Pointer, bias is null ? null : addends.Pointer, result.Pointer,
            x.Shape.Rows, x.Shape.Width, epsilon);
        return Record(
            result, epsilon, LayerNormRule,
            [NodeOf(x), weight is null ? null : NodeOf(weight), bias is null ? null : NodeOf(bias)], [x, weight]);
    }

    /// <summary>The divisor of a layer norm: sqrt(variance + eps) of each row.</summary>
    /// <param name="x">[..., width]; its mean need not be 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>[..., 1].</returns>
    public Tensor LayerScale(Tensor x, float epsilon)
    {
        using Operand plain = Plain(x);
        Tensor mean = New(x.Shape.WithWidth(1)), result = New(mean.Shape);
        Kernels.Normalization.LayerScale(plain.Pointer, mean.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, epsilon);
        Record(result, 0, static (in step) =>
        {
            using Operand x = Plain(step.Saved(0)), mean = Plain(step.Saved(1)), scale = Plain(step.Saved(2));
            Shape shape = step.ShapeOf(0);
            Tensor part = step.Ops.New(shape);
            Kernels.Normalization.LayerScaleGradient(
                x.Pointer, mean.Pointer, scale.Pointer, step.Gradient.Pointer, null, part.Pointer, shape.Rows, shape.Width);
            step.Give(0, part);
        }, [NodeOf(x)], [x, mean, result]);
        Release(mean);
        return result;
    }

    /// <summary>Each row less its mean.</summary>
    /// <param name="x">[..., width].</param>
    public Tensor Center(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Kernels.Normalization.Center(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return Record(result, 0, static (in step) => step.Give(0, step.Ops.Center(step.Gradient)), [NodeOf(x)]);
    }

    private static void RmsNormRule(in BackwardStep<float> step)
    {
        Tensor? weight = step.SavedOrNone(1);
        using Operand x = Plain(step.Saved(0)), factors = Plain(weight ?? step.Gradient);
        Shape shape = step.Gradient.Shape;
        Tensor part = step.Ops.New(shape), weightPart = step.Ops.New(new Shape(shape.Width));
        Kernels.Normalization.RmsNormGradient(
            x.Pointer, weight is null ? null : factors.Pointer, step.Gradient.Pointer, part.Pointer, step.Wants(1) ? weightPart.Pointer : null,
            shape.Rows, shape.Width, step.State);
        GiveNorm(step, part, weightPart);
    }

    private static void LayerNormRule(in BackwardStep<float> step)
    {
        Tensor? weight = step.SavedOrNone(1);
        using Operand x = Plain(step.Saved(0)), factors = Plain(weight ?? step.Gradient);
        Shape shape = step.Gradient.Shape;
        Tensor part = step.Ops.New(shape), weightPart = step.Ops.New(new Shape(shape.Width)), biasPart = step.Ops.New(new Shape(shape.Width));
        Kernels.Normalization.LayerNormGradient(
            x.Pointer, weight is null ? null : factors.Pointer, step.Gradient.Pointer, part.Pointer, step.Wants(1) ? weightPart.Pointer : null,
            step.Wants(2) ? biasPart.Pointer : null, shape.Rows, shape.Width, step.State);
        GiveNorm(step, part, weightPart);
        if (step.Wants(2))
        {
            step.Give(2, step.Ops.Reshape(biasPart, step.ShapeOf(2)));
        }
    }

    private static void GiveNorm(in BackwardStep<float> step, Tensor part, Tensor weightPart)
    {
        if (step.Wants(0))
        {
            step.Give(0, part);
        }

        if (step.Wants(1))
        {
            step.Give(1, step.Ops.Reshape(weightPart, step.ShapeOf(1)));
        }
    }

    private static void CheckWeight(string operation, Tensor x, Tensor? weight, string expected)
    {
        if (weight is not null)
        {
            Require(weight.Count == x.Shape.Width, operation, x, weight, expected);
        }
    }
}
