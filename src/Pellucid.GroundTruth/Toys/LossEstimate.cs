namespace Pellucid.GroundTruth;

/// <summary>An expected loss.</summary>
/// <param name="Value">The loss.</param>
/// <param name="StandardError">Of the mean, over the examples that it was measured on; 0 where it is exact.</param>
public readonly record struct LossEstimate(double Value, double StandardError)
{
    /// <summary>Whether it was integrated, not measured on examples.</summary>
    public bool IsExact => StandardError == 0;
}
