namespace Pellucid.GroundTruth;

/// <summary>How far a compiled network is from its RASP program. Immutable.</summary>
/// <param name="MaxError">Largest difference over all positions where the program is defined: of a numerical output the number's; of a
/// categorical one that of any coordinate from the one-hot of the value, and at least 1 where the largest coordinate is another value's.
/// </param>
/// <param name="Checked">Number of inputs.</param>
/// <param name="Wrong">Positions whose decoded output is not the program's; a number is right within 0.05.</param>
/// <param name="Positions">Positions where the program is defined.</param>
public sealed record CheckResult(double MaxError, int Checked, long Wrong, long Positions)
{
    /// <summary>Part of the positions whose output is right, 0 to 1; NaN where the program is defined nowhere.</summary>
    public double Accuracy => Positions == 0 ? double.NaN : 1 - ((double)Wrong / Positions);
}
