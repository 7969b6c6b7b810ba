namespace Pellucid.GroundTruth;

/// <summary>How a compiled network holds a variable.</summary>
public enum ValueEncoding
{
    /// <summary>
    /// One direction of the residual stream for each value that the variable can take; the coefficient is 1 at the value held.
    /// </summary>
    Categorical,

    /// <summary>One direction, whose coefficient is the number.</summary>
    Numerical,
}
