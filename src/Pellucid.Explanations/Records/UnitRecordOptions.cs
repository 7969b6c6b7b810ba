namespace Pellucid.Explanations;

/// <summary>How many training records an explainer is given. Immutable.</summary>
public sealed record UnitRecordOptions
{
    /// <summary>Records with the largest values.</summary>
    public int Top { get; init; } = 20;

    /// <summary>Records spread over the weaker strengths, at least a quarter of them below half of the maximum where there are any.</summary>
    public int Middle { get; init; } = 10;

    /// <summary>Random records.</summary>
    public int Random { get; init; } = 20;
}
