using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>One token more for each sequence that is being continued.</summary>
/// <param name="Position">Position of the longest sequence's new token; a shorter one's is lower by what it was shorter.</param>
/// <param name="Ids">The token chosen for each sequence; one that has ended repeats its last, which is a stop token unless the context has ended.</param>
/// <param name="Logits">What it was chosen from, [batch, 1, d_vocab]; freed when the next step is asked for.</param>
public sealed record GenerationStep(int Position, IReadOnlyList<int> Ids, Tensor Logits);
