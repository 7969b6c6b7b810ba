using Pellucid.GroundTruth;

namespace Pellucid.Dictionaries;

/// <summary>One difficulty at which a dictionary is asked to find planted directions. Immutable.</summary>
/// <param name="Name">A short name, of letters, digits and dashes.</param>
/// <param name="Planted">What is planted; its seed is replaced by each of the study's.</param>
/// <param name="Tokens">Rows that the dictionary learns from.</param>
/// <param name="Latents">Latents of the dictionary.</param>
/// <param name="K">Latents active on a row.</param>
/// <param name="Epochs">Passes over the rows.</param>
public sealed record RecoverySetting(string Name, PlantedOptions Planted, long Tokens, int Latents, int K, double Epochs);
