namespace Pellucid.Tensors.Kernels;

/// <summary>z [rows, latents] = x [rows, width] · Wᵀ + b, with W in panels of 48 latents and b filled up to a whole panel with −∞.</summary>
internal unsafe struct EncoderArguments
{
    internal float* X;

    /// <summary>Floats from one row of x to the next.</summary>
    internal nint Stride;
    internal int Rows;
    internal int Width;
    internal int Latents;
    internal float* Panels;
    internal float* Bias;
}
