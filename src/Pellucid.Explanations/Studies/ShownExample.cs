namespace Pellucid.Explanations.Studies;

/// <summary>A window of held-out text as a report shows it.</summary>
/// <param name="Tokens">Texts of the tokens.</param>
/// <param name="Activations">The unit's value at each.</param>
/// <param name="Predicted">What the explanation predicts at each.</param>
/// <param name="IsTop">Whether the unit was strongest there; else the window was drawn at random.</param>
public sealed record ShownExample(IReadOnlyList<string> Tokens, IReadOnlyList<float> Activations, IReadOnlyList<float> Predicted, bool IsTop);
