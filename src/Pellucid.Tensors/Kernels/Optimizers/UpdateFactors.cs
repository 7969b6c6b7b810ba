namespace Pellucid.Tensors.Kernels;

/// <summary>The numbers of one step that all optimizers have.</summary>
internal readonly struct UpdateFactors
{
    /// <summary>What the gradient is multiplied by.</summary>
    internal required float Gradient { get; init; }

    /// <summary>How far from 0 a value of the gradient may be, before it is multiplied; infinity for any.</summary>
    internal required float Bound { get; init; }

    internal required float Rate { get; init; }

    internal required float Decay { get; init; }

    /// <summary>From 1.</summary>
    internal required int Step { get; init; }
}
