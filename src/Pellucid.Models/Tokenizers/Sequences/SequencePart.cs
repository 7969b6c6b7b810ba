namespace Pellucid.Models.Tokenizers.Sequences;

/// <summary>A part of a sequence: tokens, or a text.</summary>
/// <param name="Ids">The tokens; null where the part is a text.</param>
/// <param name="Second">Whether it is, or belongs to, the second text.</param>
/// <param name="TypeId">The type of its tokens.</param>
internal sealed record SequencePart(int[]? Ids, bool Second, int TypeId);
