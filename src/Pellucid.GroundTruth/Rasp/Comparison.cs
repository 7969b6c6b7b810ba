namespace Pellucid.GroundTruth;

/// <summary>How a selector compares the key's value with the query's: <c>key OP query</c>.</summary>
public enum Comparison
{
    /// <summary>key = query.</summary>
    Equal,

    /// <summary>key ≠ query.</summary>
    NotEqual,

    /// <summary>key &lt; query.</summary>
    Less,

    /// <summary>key ≤ query.</summary>
    LessOrEqual,

    /// <summary>key > query.</summary>
    Greater,

    /// <summary>key ≥ query.</summary>
    GreaterOrEqual,

    /// <summary>Every pair.</summary>
    True,

    /// <summary>No pair.</summary>
    False,
}
