namespace Pellucid.GroundTruth;

/// <summary>The best of several models that were trained for one task.</summary>
/// <param name="Model">The model of the lowest loss.</param>
/// <param name="Loss">Its expected loss, exact where there is a formula; otherwise on examples that took no part in the choice.</param>
/// <param name="Losses">The loss of each model as it was compared: on the same examples.</param>
public sealed record BestToy(ToyModel Model, LossEstimate Loss, IReadOnlyList<double> Losses);
