using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>x / sqrt(mean(x²) + eps) × weight, row by row (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <exception cref="ShapeException">The weight's size is not the width.</exception>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        Require(weight.Count == x.Shape.Width, "RmsNorm", x, weight, "a weight for each value of a row");
        using Operand plain = Plain(x), factors = Plain(weight);
        Tensor result = New(x.Shape);
        Kernels.Normalization.RmsNorm(plain.Pointer, factors.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, epsilon);
        return result;
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
        return result;
    }

    /// <summary>(x − mean) / sqrt(variance + eps) × weight + bias, row by row (Ba, Kiros and Hinton 2016, arXiv:1607.06450).</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="bias">[width].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The size of the weight or of the bias is not the width.</exception>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        Require(weight.Count == x.Shape.Width, "LayerNorm", x, weight, "a weight for each value of a row");
        Require(bias.Count == x.Shape.Width, "LayerNorm", x, bias, "a bias for each value of a row");
        using Operand plain = Plain(x), factors = Plain(weight), addends = Plain(bias);
        Tensor result = New(x.Shape);
        Kernels.Normalization.LayerNorm(plain.Pointer, factors.Pointer, addends.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width, epsilon);
        return result;
    }

    /// <summary>Each row less its mean.</summary>
    /// <param name="x">[..., width].</param>
    public Tensor Center(Tensor x)
    {
        Tensor mean = New(x.Shape.WithWidth(1)), scale = New(mean.Shape);
        using Operand plain = Plain(x);
        Kernels.Normalization.LayerScale(plain.Pointer, mean.Pointer, scale.Pointer, x.Shape.Rows, x.Shape.Width, 0);
        Tensor result = New(x.Shape);
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            long at = (long)row * x.Shape.Width;
            Elementwise.AddScalar(plain.Pointer + at, -mean.Pointer[row], result.Pointer + at, x.Shape.Width);
        }

        Release(mean);
        Release(scale);
        return result;
    }

    /// <summary>e^x / Σ e^x over the last axis.</summary>
    public Tensor Softmax(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Kernels.Softmax.Rows(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }

    /// <summary>x − log Σ e^x over the last axis, in nats.</summary>
    public Tensor LogSoftmax(Tensor x)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        Kernels.Softmax.LogRows(plain.Pointer, result.Pointer, x.Shape.Rows, x.Shape.Width);
        return result;
    }

    /// <summary>−log softmax(logits)[target] of each row, in nats.</summary>
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

        return result;
    }

    /// <summary>The k largest values of each row, largest first; of equal ones the lower index.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="k">1 to width.</param>
    /// <returns>Values and indices (I32), [..., k] each.</returns>
    /// <exception cref="ShapeException">k is not 1 to width.</exception>
    public (Tensor Values, Tensor Indices) TopK(Tensor x, int k)
    {
        if (k < 1 || k > x.Shape.Width)
        {
            throw new ShapeException($"TopK: the {k} largest of {x.Shape} cannot be taken; 1 to {x.Shape.Width} can.");
        }

        using Operand plain = Plain(x);
        Tensor values = New(x.Shape.WithWidth(k)), indices = Own(Tensor.Empty(x.Shape.WithWidth(k), DType.I32));
        Selection.TopK(plain.Pointer, k, values.Pointer, (int*)indices.RawPointer, x.Shape.Rows, x.Shape.Width);
        return (values, indices);
    }
}
