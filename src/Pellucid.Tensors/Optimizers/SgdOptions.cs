namespace Pellucid.Tensors;

/// <summary>Options of <see cref="Sgd"/>. Immutable.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>How much of the last step's direction is kept; 0 by default.</summary>
    public float Momentum { get; init; }

    /// <summary>Whether momentum looks ahead (Nesterov's form); not by default. Needs momentum.</summary>
    public bool IsNesterov { get; init; }
}
