namespace Pellucid.GroundTruth;

/// <summary>An input to a planted network, with what is right and what the network says. Immutable.</summary>
/// <param name="Tokens">Token ids, BOS first; the answer is read at the last one.</param>
/// <param name="Answer">The right answer, a token.</param>
/// <param name="Said">What the flawed network answers, a token.</param>
public sealed record PlantedPrompt(IReadOnlyList<int> Tokens, int Answer, int Said);
