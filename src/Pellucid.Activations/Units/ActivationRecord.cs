namespace Pellucid.Activations;

/// <summary>A window of text with one unit's value at each of its tokens.</summary>
/// <param name="Sequence">The sequence it comes from.</param>
/// <param name="Start">Position of its first token in that sequence.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="Activations">The unit's value at each token.</param>
public sealed record ActivationRecord(int Sequence, int Start, IReadOnlyList<int> Tokens, IReadOnlyList<float> Activations)
{
    /// <summary>The largest value.</summary>
    public float Max => Activations.Max();
}
