namespace Pellucid.Explanations.Studies;

/// <summary>A difference of mean scores with its 95 % bootstrap interval; above zero means that the first is better.</summary>
/// <param name="First">Population and explainer: <c>latents/pattern</c>.</param>
/// <param name="Second">What it is compared with.</param>
/// <param name="Difference">Mean of the first less mean of the second.</param>
/// <param name="Ci">Its interval.</param>
/// <param name="Paired">Whether the same units stand on both sides.</param>
/// <param name="Score">Which score: <c>top_and_random</c> or <c>random_only</c>.</param>
public sealed record Comparison(string First, string Second, double Difference, IReadOnlyList<double> Ci, bool Paired, string Score);
