namespace Pellucid.Dictionaries.Training;

/// <summary>What one step saw, before its update.</summary>
/// <param name="Loss">The whole loss.</param>
/// <param name="SquaredError">Mean over rows of ‖e‖².</param>
/// <param name="AuxLoss">Normalized auxiliary loss, without its coefficient; 0 where no latent is dead.</param>
/// <param name="L0">Mean number of active latents on a row.</param>
/// <param name="Dead">Latents that count as dead.</param>
internal readonly record struct StepMeasures(double Loss, double SquaredError, double AuxLoss, double L0, int Dead);
