namespace Pellucid.Explanations;

/// <summary>How many held-out records a score rests on; five and five in Bills et al. 2023. Immutable.</summary>
public sealed record TestOptions
{
    /// <summary>Strongest records.</summary>
    public int Top { get; init; } = 5;

    /// <summary>Random records.</summary>
    public int Random { get; init; } = 5;
}
