namespace Pellucid.GroundTruth;

/// <summary>How far a compiled network is from its RASP program. Immutable.</summary>
/// <param name="MaxError"> Largest difference over all positions where the program is defined: of a numerical output the number's; of a
/// categorical one that of any coordinate from the one-hot of the value, and at least 1 where the largest coordinate is another value's.
/// </param>
/// <param name="Checked">Number of inputs.</param>
/// <param name="Wrong">Positions whose decoded output is not the program's.</param>
public sealed record CheckResult(double MaxError, int Checked, int Wrong);
