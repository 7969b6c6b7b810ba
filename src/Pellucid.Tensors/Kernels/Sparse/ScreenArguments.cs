namespace Pellucid.Tensors.Kernels;

/// <summary>An encoder's weights as 16-bit integers, in panels of 48 latents, and what bounds the error of each latent's scores.</summary>
internal unsafe struct ScreenArguments
{
    internal int Width;
    internal int Pairs;

    /// <summary>[panel][pair][48].</summary>
    internal int* Panels;

    /// <summary>The weights themselves, [latents, width], and the biases.</summary>
    internal float* Weights;
    internal float* Bias;

    /// <summary>Scales, [latents], filled up to a whole panel with 0.</summary>
    internal float* Scales;

    /// <summary>α: how much of a row's norm the slack is.</summary>
    internal float* OfNorm;

    /// <summary>β: how much of a row's residue the slack is.</summary>
    internal float* OfResidue;

    /// <summary>δ: what of the slack does not depend on the row.</summary>
    internal float* Fixed;
}
