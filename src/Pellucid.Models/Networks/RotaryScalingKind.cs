namespace Pellucid.Models;

/// <summary>Rules by which rotary frequencies are rescaled.</summary>
public enum RotaryScalingKind
{
    /// <summary>All frequencies are divided by the factor (Chen et al. 2023, arXiv:2306.15595).</summary>
    Linear,

    /// <summary>The base grows with the sequence once that is longer than the original context, so angles depend on the length of the run.</summary>
    Dynamic,

    /// <summary>Low frequencies are divided, high ones kept, those between blended; cosines and sines are scaled (Peng et al. 2023, arXiv:2309.00071).</summary>
    Yarn,

    /// <summary>Long wavelengths are divided, short ones kept, those between blended (Llama Team 2024, arXiv:2407.21783).</summary>
    Llama3,
}
