namespace Pellucid.Tensors;

/// <summary>Options of <see cref="Adam"/>. Immutable.</summary>
public record AdamOptions : OptimizerOptions
{
    /// <summary>How much of the mean of gradients is kept at a step.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>How much of the mean of squared gradients is kept at a step.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Added to the root of the mean square.</summary>
    public float Epsilon { get; init; } = 1e-8f;
}
