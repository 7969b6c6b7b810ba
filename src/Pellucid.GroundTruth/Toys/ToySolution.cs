namespace Pellucid.GroundTruth;

/// <summary>What becomes of the last feature, which has no dimension left for itself.</summary>
public enum ToySolution
{
    /// <summary>It is not represented.</summary>
    Ignored,

    /// <summary>It has a dimension for itself, and another feature has none.</summary>
    Dedicated,

    /// <summary>It shares a dimension with another feature, in the opposite direction: superposition.</summary>
    Antipodal,
}
