namespace Pellucid.GroundTruth;

/// <summary>A part of a network whose role is known. Immutable.</summary>
/// <param name="Hook">The activation.</param>
/// <param name="Head">The head; null where it is none.</param>
/// <param name="Units">Indices into the activation's last axis; all where empty.</param>
/// <param name="Role">What it does, for a person.</param>
/// <param name="Flawed">Whether it belongs to the flaw.</param>
public sealed record PlantedNode(string Hook, int? Head, IReadOnlyList<int> Units, string Role, bool Flawed);
