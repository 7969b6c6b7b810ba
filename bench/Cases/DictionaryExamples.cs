using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Bench.Cases;

/// <summary>
/// Keeping each latent's 20 largest activations, with or without the encoding before it. Batches follow each other as in a text; each is
/// other data, taken at another offset of one random array.
/// </summary>
internal sealed class DictionaryExamples(bool encode) : DictionaryCase
{
    private const int Kept = 20;
    private const int Step = 977;
    private const int Batches = 16;

    internal override string Name => encode ? "dictionary-encode-top20" : "dictionary-keep-top20";

    internal override CaseResult Measure(Action<string> log)
    {
        int width = encode ? Width : Latents;
        using Tensor all = Normal(1, (Rows * width) + (Batches * Step), 1);
        using Tensor flat = all.Reshape(new Shape(all.Shape[1]));
        using Tensor weights = Normal(encode ? Latents : 1, Width, 2), bias = Tensor.Zeros(new Shape(weights.Shape[0]));
        using SparseEncoder encoder = new();
        encoder.Pack(weights, bias);
        using TopExamples examples = new(Latents, Kept);
        long batch = 0;
        return Measure(
            log,
            () =>
            {
                using Tensor part = flat.Slice(0, (int)(batch % Batches) * Step, Rows * width), x = part.Reshape(new Shape(Rows, width));
                if (encode)
                {
                    encoder.Keep(x, Rows * batch++, examples);
                }
                else
                {
                    examples.Keep(x, Rows * batch++);
                }
            },
            shift: 0,
            "768 -> 24,576, batches of 4,096, the 20 largest of each latent.",
            ("pytorch", encode ? "encode-top20" : "keep-top20"));
    }
}
