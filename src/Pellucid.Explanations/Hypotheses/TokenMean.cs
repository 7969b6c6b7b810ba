namespace Pellucid.Explanations;

/// <summary>A token and the unit's mean activation on it.</summary>
/// <param name="Token">Token id.</param>
/// <param name="Mean">Mean activation, negative values counted as 0.</param>
/// <param name="Count">How often the token was seen.</param>
public readonly record struct TokenMean(int Token, float Mean, int Count);
