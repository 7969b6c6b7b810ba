namespace Pellucid.Models;

/// <summary>Two texts as one sequence, as encoders of sentence pairs take them.</summary>
/// <param name="Ids">Token ids, with what the tokenizer puts around and between the texts.</param>
/// <param name="TypeIds">The type of each token: 0 and 1 in BERT, by the text that it belongs to.</param>
public sealed record EncodedPair(IReadOnlyList<int> Ids, IReadOnlyList<int> TypeIds);
