namespace Pellucid.Tensors.Tests.Sparse;

/// <summary>An encoder's arrays and inputs, and the rows of its dense product by the kernel of products, on the instruction set of the first use.</summary>
internal sealed unsafe class Problem : IDisposable
{
    private readonly Lazy<float[]> _dense;

    /// <param name="rows">Rows of x.</param>
    /// <param name="width">Width of x.</param>
    /// <param name="latents">Rows of W.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="steps">Where above 0, values are multiples of 1/4 of that many sizes, so that many products are equal.</param>
    internal Problem(int rows, int width, int latents, int seed, int steps = 0)
        : this(Random(rows, width, seed, steps), Random(latents, width, seed + 1, steps), Random(1, latents, seed + 2, steps))
    {
    }

    internal Problem(Tensor x, Tensor weights, Tensor bias)
    {
        (X, Weights, Bias) = (x, weights, bias.Reshape(new Shape((int)bias.Count)));
        _dense = new(() =>
        {
            int latents = weights.Shape[0], width = weights.Shape[1];
            float[] z = new float[x.Shape[0] * latents];
            using PackedMatrix packed = PackedMatrix.Pack(weights.AsSpan(), width, latents, outputsByInputs: true);
            fixed (float* to = z)
            {
                Pellucid.Tensors.Kernels.MatrixProduct.Multiply(x.Pointer, width, x.Shape[0], packed, to, latents, bias: bias.Pointer);
            }

            return z;
        });
    }

    internal Tensor X { get; }

    internal Tensor Weights { get; }

    internal Tensor Bias { get; }

    public void Dispose()
    {
        X.Dispose();
        Weights.Dispose();
        Bias.Dispose();
    }

    internal float[] Dense(int row) => _dense.Value.AsSpan(row * Weights.Shape[0], Weights.Shape[0]).ToArray();

    internal static Tensor Random(int rows, int width, int seed, int steps = 0, float scale = 1)
    {
        Random random = new(seed);
        Tensor result = Tensor.Empty(new Shape(rows, width));
        foreach (ref float value in result.AsSpan())
        {
            value = steps > 0 ? (random.Next(steps) - (steps / 2)) / 4f : (float)((random.NextDouble() * 2) - 1) * scale;
        }

        return result;
    }
}
