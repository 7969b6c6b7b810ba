namespace Pellucid.GroundTruth.Planted;

/// <summary>The content of <c>truth.json</c> of planted activations.</summary>
/// <param name="Format">The form of the file, with its version.</param>
/// <param name="Kind">What sort of thing is known: <c>activations</c>.</param>
/// <param name="Description">What it is, for a person.</param>
/// <param name="Seed">Seed of everything that was drawn.</param>
/// <param name="Hash">SHA-256 of the options.</param>
/// <param name="Tokens">Rows that were made.</param>
/// <param name="Options">What was planted.</param>
internal sealed record TruthOfActivations(string Format, string Kind, string Description, long Seed, string Hash, long Tokens, PlantedOptions Options);
