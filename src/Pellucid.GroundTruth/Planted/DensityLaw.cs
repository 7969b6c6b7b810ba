namespace Pellucid.GroundTruth;

/// <summary>How often the planted features fire, relative to each other.</summary>
public enum DensityLaw
{
    /// <summary>All equally often.</summary>
    Uniform,

    /// <summary>Feature i in proportion to (i + 1)^−s.</summary>
    Zipf,
}
