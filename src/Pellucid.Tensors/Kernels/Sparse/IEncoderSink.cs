namespace Pellucid.Tensors.Kernels;

/// <summary>Takes what a <see cref="EncoderKernel{TSink}"/> computes, while it is in the nearest cache. A part of the work has its own copy.</summary>
internal unsafe interface IEncoderSink
{
    /// <summary>A part begins: rows from <paramref name="firstRow"/> on, latents of panels of its own.</summary>
    void Begin(int part, int firstRow, int rows);

    /// <summary>
    /// A row's values for the 48 latents from <paramref name="latent"/> on; those beyond the last latent are −∞ or NaN. Within a part, a
    /// row's latents come in rising order.
    /// </summary>
    /// <param name="row">Within the part.</param>
    /// <param name="values">48 values.</param>
    /// <param name="latent">The first one's latent.</param>
    void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;

    /// <summary>The part's last value has been taken.</summary>
    void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
