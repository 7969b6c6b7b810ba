namespace Pellucid.Activations;

/// <summary>One text of a corpus.</summary>
/// <param name="Index">Its place in the corpus, from 0.</param>
/// <param name="Text">Its text.</param>
public sealed record Document(int Index, string Text);
