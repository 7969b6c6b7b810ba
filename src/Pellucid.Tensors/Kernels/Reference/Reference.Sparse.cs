using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>The places of the largest positive values of z, largest first; of equal ones the lower place.</summary>
    internal static int[] LargestPositive<T>(ReadOnlySpan<T> z, long count)
        where T : IFloatingPointIeee754<T>
    {
        T[] values = z.ToArray();
        return [.. Enumerable.Range(0, values.Length).Where(place => values[place] > T.Zero).OrderByDescending(place => values[place]).Take((int)Math.Min(count, values.Length))];
    }

    /// <summary>
    /// Gradients of a dictionary from dense latents f [rows, latents]: each place with f &gt; 0 is active. e = target − f · W_dec, the loss's
    /// gradient with respect to the reconstruction is factor · e. Returns Σ ‖e‖².
    /// </summary>
    internal static T DictionaryGradients<T>(
        ReadOnlySpan<T> inputs, ReadOnlySpan<T> f, ReadOnlySpan<T> encoder, ReadOnlySpan<T> decoder, T factor, T penalty, int rows, int latents, int width,
        Span<T> encoderGradient, Span<T> biasGradient, Span<T> decoderGradient, Span<T> decoderBiasGradient)
        where T : IFloatingPointIeee754<T>
    {
        T[] error = new T[width];
        T squares = T.Zero;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> active = f.Slice(row * latents, latents), x = inputs.Slice(row * width, width);
            for (int i = 0; i < width; i++)
            {
                error[i] = x[i];
                for (int latent = 0; latent < latents; latent++)
                {
                    error[i] -= active[latent] * decoder[(latent * width) + i];
                }

                squares += error[i] * error[i];
                decoderBiasGradient[i] += factor * error[i];
            }

            for (int latent = 0; latent < latents; latent++)
            {
                if (active[latent] > T.Zero)
                {
                    T slope = penalty;
                    for (int i = 0; i < width; i++)
                    {
                        slope += factor * error[i] * decoder[(latent * width) + i];
                    }

                    biasGradient[latent] += slope;
                    for (int i = 0; i < width; i++)
                    {
                        decoderGradient[(latent * width) + i] += active[latent] * factor * error[i];
                        encoderGradient[(latent * width) + i] += slope * x[i];
                        decoderBiasGradient[i] -= slope * encoder[(latent * width) + i];
                    }
                }
            }
        }

        return squares;
    }
}
