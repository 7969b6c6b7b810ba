using Pellucid.Dictionaries.Latents;
using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// The parameters of a TopK dictionary in training. The encoder lies a latent a row, like the decoder, so that the sparse gradients of
/// both are sums of rows. Owns them.
/// </summary>
internal sealed class TopKParameters : IDisposable
{
    private const long DirectionsStream = 0x5AE0;

    /// <param name="encoder">W_enc turned, [d_sae, d_in].</param>
    /// <param name="encoderBias">[d_sae].</param>
    /// <param name="decoder">[d_sae, d_in], rows of unit norm.</param>
    /// <param name="decoderBias">[d_in].</param>
    internal TopKParameters(Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias)
    {
        Arrays = new LearnedDictionary(encoder, encoderBias, decoder, decoderBias);
        Encoder = new LearnedArray("W_enc", Arrays.Encoder);
        EncoderBias = new LearnedArray("b_enc", Arrays.EncoderBias);
        Decoder = new LearnedArray("W_dec", Arrays.Decoder);
        DecoderBias = new LearnedArray("b_dec", Arrays.DecoderBias);
        SinceFired = new long[decoder.Shape[0]];
    }

    internal LearnedDictionary Arrays { get; }

    internal LearnedArray Encoder { get; }

    internal LearnedArray EncoderBias { get; }

    internal LearnedArray Decoder { get; }

    internal LearnedArray DecoderBias { get; }

    /// <summary>Rows since each latent was last active.</summary>
    internal long[] SinceFired { get; }

    internal int Latents => Decoder.Value.Shape[0];

    internal int Width => Decoder.Value.Shape[1];

    internal IEnumerable<LearnedArray> All => [Encoder, EncoderBias, Decoder, DecoderBias];

    /// <summary>Random unit directions as decoder rows, the same as encoder rows, no encoder bias, and b_dec at the data's middle.</summary>
    internal static TopKParameters Initial(int latents, ReadOnlySpan<float> middle, long seed)
    {
        SeededRandom random = new(seed, DirectionsStream);
        Tensor decoder = Tensor.Empty(new Shape(latents, middle.Length));
        for (int latent = 0; latent < latents; latent++)
        {
            Span<float> row = decoder.Row(latent);
            do
            {
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = (float)random.NextNormal();
                }
            }
            while (RowLoops.Norm(row) < 1e-3f);
            RowLoops.Scale(row, 1 / RowLoops.Norm(row));
        }

        return new TopKParameters(decoder.Copy(), Tensor.Zeros(new Shape(latents)), decoder, Tensor.From(middle, new Shape(middle.Length)));
    }

    /// <summary>A dictionary with a copy of the values.</summary>
    internal Dictionary ToDictionary(DictionaryConfig config, double[] inputMean)
    {
        using Tensor turned = Encoder.Value.Transpose(1, 0);
        return new Dictionary(config, turned.Copy(), EncoderBias.Value.Copy(), Decoder.Value.Copy(), DecoderBias.Value.Copy())
        {
            InputMean = Array.ConvertAll(inputMean, value => (float)value),
        };
    }

    public void Dispose()
    {
        foreach (LearnedArray array in All)
        {
            array.Dispose();
        }

        Arrays.Dispose();
    }
}
