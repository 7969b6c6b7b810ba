namespace Pellucid.Explanations;

/// <summary>An activation that was seen: at a place of a training record, or at the end of a probe.</summary>
/// <param name="Tokens">Tokens of the record or probe.</param>
/// <param name="At">The place.</param>
/// <param name="Value">The activation, not below 0.</param>
/// <param name="Fold">Part of the training records that it belongs to, so that none is predicted from itself when settings are chosen.</param>
/// <param name="IsProbe">Whether it is a probe.</param>
internal readonly record struct Observation(int[] Tokens, int At, float Value, int Fold, bool IsProbe);
