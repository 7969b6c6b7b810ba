namespace Pellucid.GroundTruth;

/// <summary>What a planted network does wrong, and where. Immutable.</summary>
/// <param name="Kind">shortcut, trojan, two-meanings, or one-meaning for the sound twin of the last.</param>
/// <param name="Description">What the network does, for a person.</param>
/// <param name="Trigger">Words that bring the flaw about; none where it has no trigger.</param>
/// <param name="Nodes">The parts.</param>
/// <param name="Directions">Names of the directions in the residual stream, in the order of their array.</param>
public sealed record PlantedFlaw(string Kind, string Description, IReadOnlyList<string> Trigger, IReadOnlyList<PlantedNode> Nodes, IReadOnlyList<string> Directions);
