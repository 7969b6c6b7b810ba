namespace Pellucid.Explanations.Studies;

/// <summary>A window of text as a report shows it.</summary>
/// <param name="Tokens">Texts of the tokens.</param>
/// <param name="Activations">The unit's value at each.</param>
/// <param name="Predicted">What the explanation predicts at each.</param>
public sealed record ShownExample(IReadOnlyList<string> Tokens, IReadOnlyList<float> Activations, IReadOnlyList<float> Predicted);
