namespace Pellucid.Tensors.Kernels;

/// <summary>Steps of training of many small autoencoders.</summary>
internal readonly unsafe struct AutoencoderArguments
{
    /// <summary>All blocks, one behind the other.</summary>
    internal required float* Blocks { get; init; }

    internal required AutoencoderLayout Layout { get; init; }

    internal required FeatureDraws Draws { get; init; }

    /// <summary>Examples in a step.</summary>
    internal required int Batch { get; init; }

    /// <summary>Steps that were taken before.</summary>
    internal required long FirstStep { get; init; }

    internal required int Steps { get; init; }

    /// <summary>Two numbers a step: rate / (1 − β₁^t) and √(1 − β₂^t).</summary>
    internal required float* Factors { get; init; }
}
