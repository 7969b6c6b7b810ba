using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>One token more for each sequence that is being continued.</summary>
/// <param name="Position">Absolute position of the new tokens.</param>
/// <param name="Ids">The token chosen for each sequence; one that has ended repeats a stop token.</param>
/// <param name="Logits">What it was chosen from, [batch, 1, d_vocab]; freed when the next step is asked for.</param>
public sealed record GenerationStep(int Position, IReadOnlyList<int> Ids, Tensor Logits);
