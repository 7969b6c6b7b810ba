namespace Pellucid.Explanations;

/// <summary>The mean scores of one explainer over a population; an undefined score counts as 0. Immutable.</summary>
public sealed record ExplainerScores
{
    /// <summary>Mean correlation over top and random records.</summary>
    public required Estimate TopAndRandom { get; init; }

    /// <summary>Mean correlation over random records.</summary>
    public required Estimate RandomOnly { get; init; }

    /// <summary>Number of units.</summary>
    public required int N { get; init; }

    /// <summary>Units whose top-and-random score is undefined.</summary>
    public required int NUndefined { get; init; }

    /// <summary>Units whose random-only score is undefined.</summary>
    public required int NUndefinedRandomOnly { get; init; }
}
