namespace Pellucid.Activations;

/// <summary>Token ids that the model sees in one piece: a document, or a part of one that is longer than the context.</summary>
/// <param name="Index">Its place among the corpus's sequences, from 0.</param>
/// <param name="Document">Index of the document it comes from.</param>
/// <param name="Ids">Token ids, BOS included where the model was trained with it.</param>
public sealed record TokenSequence(int Index, int Document, IReadOnlyList<int> Ids);
