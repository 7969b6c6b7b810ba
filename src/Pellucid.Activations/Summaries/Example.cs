namespace Pellucid.Activations;

/// <summary>A window in which a unit was seen.</summary>
/// <param name="Sequence">Index of the sequence.</param>
/// <param name="Start">Position of the window's first token.</param>
/// <param name="Length">Tokens in the window.</param>
/// <param name="Max">The unit's largest value in it.</param>
public readonly record struct Example(int Sequence, int Start, int Length, float Max);
