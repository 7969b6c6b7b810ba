namespace Pellucid.Models;

/// <summary>With respect to what a run gives gradients, and how. Immutable.</summary>
public sealed record GradientOptions
{
    /// <summary>The activations with respect to which gradients are given, each as it is after the interventions at its hook; none by default.</summary>
    public Capture At { get; init; } = Capture.None;

    /// <summary>The parameters with respect to which gradients are given; none by default.</summary>
    public ParameterSet Parameters { get; init; } = ParameterSet.None;

    /// <summary>The activations to keep; none by default.</summary>
    public Capture Capture { get; init; } = Capture.None;

    /// <summary>
    /// Whether each block keeps nothing but what enters it and is computed once more on the way back: the same gradients in the memory of one
    /// block, for the time of a second forward pass.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Stops the run between blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
