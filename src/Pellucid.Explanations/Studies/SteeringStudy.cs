namespace Pellucid.Explanations.Studies;

/// <summary>One latent driven up and down, side by side with the untouched model.</summary>
/// <param name="Latent">Its index.</param>
/// <param name="Explanation">Its explanation.</param>
/// <param name="Prompt">The text that is continued.</param>
/// <param name="Texts">The continuations.</param>
public sealed record SteeringStudy(int Latent, string Explanation, string Prompt, IReadOnlyList<SteeringExample> Texts);
