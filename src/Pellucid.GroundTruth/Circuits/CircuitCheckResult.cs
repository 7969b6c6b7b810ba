namespace Pellucid.GroundTruth;

/// <summary>
/// What patching showed of a circuit. All figures are largest differences of a logit, over all pairs and positions. Immutable.
/// </summary>
public sealed record CircuitCheckResult
{
    /// <summary>Pairs of inputs on which the edges outside were tested, and every edge first.</summary>
    public required int Pairs { get; init; }

    /// <summary>Of these, pairs whose outputs differ: only they show anything.</summary>
    public required int Differing { get; init; }

    /// <summary>Every edge outside the circuit corrupted: from the clean output. Nothing outside matters.</summary>
    public required double OutsideCorrupted { get; init; }

    /// <summary>
    /// In the corrupted run, every edge outside the circuit clean again: from the corrupted output. Nothing outside restores.
    /// </summary>
    public required double OutsideRestored { get; init; }

    /// <summary>
    /// In the corrupted run, the circuit's edges from the input clean again and the rest of it computing: from the clean output. The circuit
    /// restores all.
    /// </summary>
    public required double CircuitRestored { get; init; }

    /// <summary>Every edge of the circuit with what corrupting it alone does to the output.</summary>
    public required IReadOnlyList<(CircuitEdge Edge, double Change)> Edges { get; init; }

    /// <summary>The largest difference that counts as none.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Edges that no pair needs.</summary>
    public IEnumerable<CircuitEdge> Needless => Edges.Where(edge => edge.Change <= Tolerance).Select(edge => edge.Edge);

    /// <summary>
    /// Whether the circuit is the circuit: nothing outside matters or restores, all of it together restores, and each edge is needed.
    /// </summary>
    public bool Holds => Differing > 0 && OutsideCorrupted <= Tolerance && OutsideRestored <= Tolerance && CircuitRestored <= Tolerance && !Needless.Any();
}
