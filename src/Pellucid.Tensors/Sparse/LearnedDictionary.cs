namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The four arrays of a dictionary in training. The encoder lies a latent a row, like the decoder, so that the gradients of both are
/// sums of rows. Owns them.
/// </summary>
public sealed class LearnedDictionary : IDisposable
{
    /// <param name="encoder">W_enc turned, [latents, width].</param>
    /// <param name="encoderBias">b_enc [latents].</param>
    /// <param name="decoder">W_dec [latents, width].</param>
    /// <param name="decoderBias">b_dec [width].</param>
    /// <exception cref="ShapeException">They do not fit each other.</exception>
    public LearnedDictionary(Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias)
    {
        bool fits = decoder.Shape.Rank == 2 && encoder.Shape == decoder.Shape
            && encoderBias.Count == decoder.Shape[0] && decoderBias.Count == decoder.Shape[1];
        if (!fits || !Array.TrueForAll([encoder, encoderBias, decoder, decoderBias], array => array.IsContiguous && array.DType == DType.F32))
        {
            throw new ShapeException(
                $"LearnedDictionary: {encoder}, {encoderBias}, {decoder} and {decoderBias} do not fit; expected contiguous {DType.F32} [latents, width], [latents], [latents, width] and [width].");
        }

        (Encoder, EncoderBias, Decoder, DecoderBias) = (new(encoder), new(encoderBias), new(decoder), new(decoderBias));
    }

    /// <summary>W_enc turned, [latents, width].</summary>
    public AdamArray Encoder { get; }

    /// <summary>b_enc [latents].</summary>
    public AdamArray EncoderBias { get; }

    /// <summary>W_dec [latents, width].</summary>
    public AdamArray Decoder { get; }

    /// <summary>b_dec [width].</summary>
    public AdamArray DecoderBias { get; }

    /// <summary>Number of latents.</summary>
    public int Latents => Decoder.Value.Shape[0];

    /// <summary>Width of what it reads and writes.</summary>
    public int Width => Decoder.Value.Shape[1];

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        EncoderBias.Dispose();
        Decoder.Dispose();
        DecoderBias.Dispose();
    }
}
