using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Kernels;

/// <summary>What <see cref="LatentKernel"/> reads and writes.</summary>
internal unsafe struct LatentArguments
{
    internal int Latents;
    internal int Width;

    /// <summary>Gradients that are summed already, [latents, width] twice and [latents], the decoder's without its factor; or null.</summary>
    internal float* DecoderSums;
    internal float* EncoderSums;
    internal double* BiasTotals;
    internal float Factor;

    /// <summary>The active places, sorted by latent, from which gradients are summed where they are not.</summary>
    internal int* First;
    internal int* Rows;
    internal float* Amounts;
    internal float* Slopes;
    internal float* Errors;
    internal float* Inputs;
    internal int InputRows;
    internal AdamPointers Encoder;
    internal AdamPointers Bias;
    internal AdamPointers Decoder;
    internal float* EncoderGradient;
    internal float* BiasGradient;
    internal float* DecoderGradient;
    internal float* BiasSums;
    internal double* Norms;
    internal LatentAdamFactors Adam;
    internal float Clip;
    internal bool UnitRows;
    internal PostponedPointers Postponed;
}

/// <summary>Where an array and its moments lie.</summary>
internal readonly unsafe struct AdamPointers(AdamArray array)
{
    internal readonly float* Value = array.Value.Pointer;
    internal readonly float* First = array.First.Pointer;
    internal readonly float* Second = array.Second.Pointer;
}
