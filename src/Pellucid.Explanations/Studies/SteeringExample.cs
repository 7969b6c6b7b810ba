namespace Pellucid.Explanations.Studies;

/// <summary>A text generated with a latent clamped to a multiple of its maximum.</summary>
/// <param name="Multiple">The multiple; 0 means that the latent is silenced, null that nothing is changed.</param>
/// <param name="Text">The continuation.</param>
public sealed record SteeringExample(double? Multiple, string Text);
