namespace Pellucid.Tensors;

public sealed partial class Ops
{
    /// <summary>x / sqrt(mean(x²) + eps) × weight, row by row (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <exception cref="ShapeException">The weight's size is not the width.</exception>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        Require(weight.Count == x.Shape.Width, "RmsNorm", x, weight, "a weight for each value of a row");
        using Ops inner = new();
        return Own(inner.Multiply(inner.DivideRows(x, inner.RmsScale(x, epsilon)), weight).Share());
    }

    /// <summary>The divisor of a root-mean-square norm: sqrt(mean(x²) + eps) of each row.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>[..., 1].</returns>
    public Tensor RmsScale(Tensor x, float epsilon)
    {
        Tensor plain = Plain(x);
        Tensor result = New(x.Shape.WithWidth(1));
        Span<float> y = result.AsSpan();
        for (int row = 0; row < y.Length; row++)
        {
            float sum = 0;
            foreach (float value in plain.Row(row))
            {
                sum += value * value;
            }

            y[row] = MathF.Sqrt((sum / x.Shape.Width) + epsilon);
        }

        return result;
    }

    /// <summary>e^x / Σ e^x over the last axis.</summary>
    public Tensor Softmax(Tensor x)
    {
        Tensor plain = Plain(x), result = New(x.Shape);
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            SoftmaxRow(plain.Row(row), result.Row(row));
        }

        return result;
    }

    /// <summary>x − log Σ e^x over the last axis, in nats.</summary>
    public Tensor LogSoftmax(Tensor x)
    {
        Tensor plain = Plain(x), result = New(x.Shape);
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            Span<float> from = plain.Row(row), to = result.Row(row);
            float max = float.NegativeInfinity;
            foreach (float value in from)
            {
                max = MathF.Max(max, value);
            }

            double sum = 0;
            foreach (float value in from)
            {
                sum += Math.Exp(value - max);
            }

            float shift = max + (float)Math.Log(sum);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = from[i] - shift;
            }
        }

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
            throw new ShapeException($"CrossEntropy: {targets.Length} targets do not fit logits {logits.Shape}: one a row, each 0 to {logits.Shape.Width - 1}.");
        }

        Tensor logProbabilities = LogSoftmax(logits);
        Tensor result = New(new Shape(targets.Length));
        for (int row = 0; row < targets.Length; row++)
        {
            result.AsSpan()[row] = -logProbabilities.Row(row)[targets[row]];
        }

        Release(logProbabilities);
        return result;
    }

    private static void SoftmaxRow(ReadOnlySpan<float> from, Span<float> to)
    {
        float max = float.NegativeInfinity;
        foreach (float value in from)
        {
            max = MathF.Max(max, value);
        }

        float sum = 0;
        for (int i = 0; i < to.Length; i++)
        {
            sum += to[i] = MathF.Exp(from[i] - max);
        }

        for (int i = 0; i < to.Length; i++)
        {
            to[i] /= sum;
        }
    }
}
