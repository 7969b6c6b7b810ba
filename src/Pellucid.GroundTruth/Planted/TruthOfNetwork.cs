namespace Pellucid.GroundTruth.Planted;

/// <summary>The content of <c>truth.json</c> of a planted network.</summary>
/// <param name="Format">The form of the file, with its version.</param>
/// <param name="Kind">What sort of thing is known: <c>network</c>.</param>
/// <param name="ModelHash">The hash of the model that it is about.</param>
/// <param name="Description">What it does, for a person.</param>
/// <param name="Seed">Seed of everything that was drawn.</param>
/// <param name="Flaw">The kind of flaw.</param>
/// <param name="Trigger">Words that bring it about.</param>
/// <param name="Nodes">The parts and their roles.</param>
/// <param name="Directions">Names of the rows of <c>directions</c> in <c>truth.safetensors</c>.</param>
internal sealed record TruthOfNetwork(
    string Format, string Kind, string ModelHash, string Description, long Seed, string Flaw, IReadOnlyList<string> Trigger, IReadOnlyList<PlantedNode> Nodes, IReadOnlyList<string> Directions);
