namespace Pellucid.Dictionaries;

/// <summary>How far a training run is. The measures are means over the batches since the last report.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Error over variance plus the weighted auxiliary loss.</param>
/// <param name="L0">Mean number of active latents on a row.</param>
/// <param name="VarianceExplained">1 − error / variance, the variance being the store's.</param>
/// <param name="DeadFraction">Share of latents that count as dead at this step.</param>
public readonly record struct TrainProgress(long Step, long Steps, double Loss, double L0, double VarianceExplained, double DeadFraction);
