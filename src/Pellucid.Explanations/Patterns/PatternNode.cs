namespace Pellucid.Explanations;

/// <summary>A node of a pattern trie, which is read backward: children of the root are the token itself, their children the token before it.</summary>
/// <param name="Parent">Index of its parent, below its own; −1 for the root, which is node 0.</param>
/// <param name="Token">Token id; −1 stands for any token.</param>
/// <param name="Value">Expected activation where the path from the root matches and nothing longer does.</param>
/// <param name="Support">Observations on the path: tokens of training records and probes.</param>
public readonly record struct PatternNode(int Parent, int Token, float Value, int Support);
