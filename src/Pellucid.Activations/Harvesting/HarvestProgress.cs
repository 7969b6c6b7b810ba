namespace Pellucid.Activations;

/// <summary>How far a harvest is.</summary>
/// <param name="Tokens">Tokens on disk.</param>
/// <param name="Wanted">Tokens asked for.</param>
public readonly record struct HarvestProgress(long Tokens, long Wanted);
