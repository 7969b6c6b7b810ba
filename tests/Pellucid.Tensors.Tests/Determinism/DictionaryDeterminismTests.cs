using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Tests.Sparse;

namespace Pellucid.Tensors.Tests.Determinism;

public sealed class DictionaryDeterminismTests
{
    private const int Rows = 130;
    private const int Width = 97;
    private const int Latents = 1537;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TopKStep_OneTwoAndThreeThreads_HasTheSameBits(bool screened) => Threads.AssertSameBits("TopK step", () =>
    {
        using Tensor x = Problem.Random(Rows, Width, 1), bias = Problem.Random(1, Latents, 3), encoderBias = bias.Reshape(new Shape(Latents)).Copy();
        using Tensor encoder = Problem.Random(Latents, Width, 2), decoder = Problem.Random(Latents, Width, 4), decoderBias = Tensor.Zeros(new Shape(Width));
        using LearnedDictionary dictionary = new(encoder, encoderBias, decoder, decoderBias);
        using SparseEncoder sparse = new() { Screened = screened };
        using SparseCodes codes = new();
        using LatentGradients gradients = new();
        double[] losses = new double[3];
        for (int step = 0; step < losses.Length; step++)
        {
            sparse.Pack(encoder, encoderBias);
            sparse.TopK(x, 17, codes);
            losses[step] = gradients.Reconstruct(x, x, codes, decoder, -2.0 / Rows);
            gradients.Update(dictionary, LatentAdamFactors.Of(1e-2, step + 1), new UpdateOptions { ClipNorm = 1 });
        }

        return [encoder.ToArray(), encoderBias.ToArray(), decoder.ToArray(), decoderBias.ToArray(), [.. losses.Select(loss => (float)loss)]];
    });
}
