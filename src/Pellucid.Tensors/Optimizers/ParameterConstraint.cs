namespace Pellucid.Tensors;

/// <summary>What holds of a parameter after every step.</summary>
public enum ParameterConstraint
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>
    /// Each row (along the last axis) has length 1. The part of the gradient along a row is removed before a step, so that neither it nor the
    /// optimizer's moments push against the constraint, and rows are rescaled after it (Bricken et al. 2023, "Towards Monosemanticity").
    /// </summary>
    UnitRows,

    /// <summary>No value is below 0.</summary>
    NonNegative,
}
