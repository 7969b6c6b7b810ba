namespace Pellucid.Explanations;

/// <summary>Limits of the pattern explainer. Immutable.</summary>
public sealed record PatternOptions
{
    /// <summary>Longest context that is tried, in tokens, the pivot included.</summary>
    public int Context { get; init; } = 8;

    /// <summary>Longest path of the trie, in tokens, the pivot included.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Strong tokens of training records whose contexts are pruned and augmented.</summary>
    public int Pivots { get; init; } = 10;

    /// <summary>Share of its activation that a context must keep when it is pruned or a token is substituted, 0 to 1.</summary>
    public double Keep { get; init; } = 0.5;

    /// <summary>Share of its activation that substituting a token must cost, on average, for the token to count, 0 to 1; else it becomes a wildcard.</summary>
    public double Importance { get; init; } = 0.25;

    /// <summary>Substitutes tried at each place.</summary>
    public int Substitutes { get; init; } = 10;

    /// <summary>Contexts of the corpus that are probed for tokens that activate the unit.</summary>
    public int CorpusContexts { get; init; } = 200;

    /// <summary>Most nodes of the trie.</summary>
    public int Nodes { get; init; } = 4000;

    /// <summary>Probes run at once.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Seed.</summary>
    public long Seed { get; init; }
}
