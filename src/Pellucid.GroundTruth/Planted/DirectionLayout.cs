namespace Pellucid.GroundTruth;

/// <summary>How the directions of planted features lie to each other. All have norm 1.</summary>
public enum DirectionLayout
{
    /// <summary>Uniform on the sphere, independent: cosines near 0, of standard deviation 1/√width.</summary>
    Random,

    /// <summary>At right angles; at most as many as the width.</summary>
    Orthogonal,
}
