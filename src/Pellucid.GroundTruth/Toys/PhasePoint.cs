namespace Pellucid.GroundTruth;

/// <summary>One point of a phase diagram: the best of its models.</summary>
/// <param name="Density">1 − S.</param>
/// <param name="Importance">r, the importance of the last feature.</param>
/// <param name="Solution">The phase of the best model.</param>
/// <param name="Predicted">The phase that theory predicts; null for three features, of which the ideal configurations are many.</param>
/// <param name="Loss">The best model's exact loss.</param>
/// <param name="IdealLoss">The loss of the predicted ideal configuration; NaN for three features.</param>
/// <param name="Agreeing">How many of the models, whatever their loss, are in the phase of the best.</param>
/// <param name="Model">The best model.</param>
public sealed record PhasePoint(
    double Density, double Importance, ToySolution Solution, ToySolution? Predicted, double Loss, double IdealLoss, int Agreeing, ToyModel Model);
