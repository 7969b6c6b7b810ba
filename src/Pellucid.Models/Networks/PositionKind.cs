namespace Pellucid.Models;

/// <summary>How a network knows the position of a token.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys are turned by angles that grow with the position (Su et al. 2021, arXiv:2104.09864).</summary>
    Rotary,

    /// <summary>A learned vector of each position is added to the token's embedding.</summary>
    Learned,

    /// <summary>It does not: nothing but attention's mask, if there is one, tells positions apart.</summary>
    None,
}
