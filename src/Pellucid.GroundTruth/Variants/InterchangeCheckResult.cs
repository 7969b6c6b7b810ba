namespace Pellucid.GroundTruth;

/// <summary>How well a network's parts do what the program's variables do. Immutable.</summary>
/// <param name="Accuracy">Part of the outputs that are the program's, 0 to 1.</param>
/// <param name="Inside">
/// For each part in the circuit, the part of the outputs that are the causal model's after the part was given what it computes on another input: the interchange
/// intervention accuracy of Geiger et al. 2021 (arXiv:2106.02997).
/// </param>
/// <param name="Outside">For each part that is not in the circuit, the part of the outputs that stay right after the same.</param>
/// <param name="Checked">Pairs of inputs for each number.</param>
public sealed record InterchangeCheckResult(
    double Accuracy, IReadOnlyList<(string Node, double Accuracy)> Inside, IReadOnlyList<(string Node, double Accuracy)> Outside, int Checked);
