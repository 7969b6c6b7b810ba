namespace Pellucid.Tensors;

/// <summary>
/// A batch norm as it is at inference (Ioffe and Szegedy 2015, arXiv:1502.03167): (x − mean) / sqrt(variance + eps) · weight + bias, each
/// channel with constants of its own. Immutable; it does not own its arrays.
/// </summary>
/// <param name="Mean">The running mean, [channel].</param>
/// <param name="Variance">The running variance, [channel].</param>
/// <param name="Weight">[channel], or none for ones.</param>
/// <param name="Bias">[channel], or none for zeros.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNormalization(Tensor Mean, Tensor Variance, Tensor? Weight = null, Tensor? Bias = null, float Epsilon = 1e-5f)
{
    /// <summary>The same as one multiplication and one addition a channel.</summary>
    /// <returns>Factor and addend, [channel] each, owned by the caller.</returns>
    /// <exception cref="ShapeException">The arrays have different sizes.</exception>
    public (Tensor Factor, Tensor Addend) ToAffine()
    {
        int channels = checked((int)Mean.Count);
        if (Variance.Count != channels || (Weight ?? Mean).Count != channels || (Bias ?? Mean).Count != channels)
        {
            throw new ShapeException(
                $"BatchNormalization: mean {Mean.Shape}, variance {Variance.Shape}, weight {Weight?.Shape} and bias {Bias?.Shape} do not fit; "
                + "expected one value a channel in each.");
        }

        float[] mean = Mean.ToArray(), variance = Variance.ToArray();
        float[]? weight = Weight?.ToArray(), bias = Bias?.ToArray();
        float[] factor = new float[channels], addend = new float[channels];
        for (int i = 0; i < channels; i++)
        {
            double scale = (weight?[i] ?? 1) / Math.Sqrt((double)variance[i] + Epsilon);
            factor[i] = (float)scale;
            addend[i] = (float)((bias?[i] ?? 0) - (mean[i] * scale));
        }

        return (Tensor.From(factor, new Shape(channels)), Tensor.From(addend, new Shape(channels)));
    }

    /// <summary>The weights and bias of a convolution that does this norm's work as well as its own.</summary>
    /// <param name="weight">Of the convolution before it, [out_channel, in_channel / groups, kernel_row, kernel_column].</param>
    /// <param name="bias">Of that convolution, [out_channel], or none.</param>
    /// <returns>Weights and bias of the same shapes, owned by the caller.</returns>
    /// <exception cref="ShapeException">The norm has other channels than the convolution has outputs.</exception>
    public (Tensor Weight, Tensor Bias) Fold(Tensor weight, Tensor? bias)
    {
        if (weight.Shape.Rank != 4 || weight.Shape[0] != Mean.Count || (bias is not null && bias.Count != Mean.Count))
        {
            throw new ShapeException(
                $"BatchNormalization: weights {weight.Shape}{(bias is null ? "" : $" and bias {bias.Shape}")} do not fit a norm of {Mean.Count} channels; "
                + "expected as many outputs as channels.");
        }

        (Tensor factor, Tensor addend) = ToAffine();
        using Tensor factors = factor;
        Tensor folded = weight.To(DType.F32);
        Span<float> values = folded.AsSpan(), scales = factors.AsSpan(), addends = addend.AsSpan();
        int each = values.Length / scales.Length;
        float[]? before = bias?.ToArray();
        for (int output = 0; output < scales.Length; output++)
        {
            foreach (ref float value in values.Slice(output * each, each))
            {
                value *= scales[output];
            }

            addends[output] += (before?[output] ?? 0) * scales[output];
        }

        return (folded, addend);
    }
}
