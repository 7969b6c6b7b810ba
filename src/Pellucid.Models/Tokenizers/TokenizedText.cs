namespace Pellucid.Models;

/// <summary>A text as tokens, with the place of each in the text.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Tokens">Each token as the vocabulary spells it.</param>
/// <param name="Offsets">
/// Where each token stands in the text, from its first UTF-16 unit to the one after its last; empty (start = end) for a token that was put around
/// the text. Tokens that share a character all have its place.
/// </param>
public sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, IReadOnlyList<(int Start, int End)> Offsets);
