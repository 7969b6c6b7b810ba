namespace Pellucid.GroundTruth;

/// <summary>Features that share dimensions with each other and with no others.</summary>
/// <param name="Name">The figure that their directions make: <c>digon</c>, <c>triangle</c>, <c>tetrahedron</c>, <c>pentagon</c>, <c>square antiprism</c>; <c>dedicated</c> for one by itself; else such as <c>6 in 3</c>.</param>
/// <param name="Features">Which they are.</param>
/// <param name="Dimensions">How many dimensions their directions span.</param>
public sealed record Polytope(string Name, IReadOnlyList<int> Features, int Dimensions)
{
    /// <summary>Dimensions by features: what each has where all have the same.</summary>
    public double Dimensionality => (double)Dimensions / Features.Count;
}
