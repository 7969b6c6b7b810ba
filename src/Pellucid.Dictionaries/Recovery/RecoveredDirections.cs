namespace Pellucid.Dictionaries.Recovery;

/// <summary>What one method found at one seed.</summary>
/// <param name="MaxCosines">Of each feature, the largest cosine.</param>
/// <param name="FoundMmcs">Mean of the largest cosines of what was found.</param>
/// <param name="MatchedMean">Mean cosine of the one-to-one matching.</param>
internal sealed record RecoveredDirections(IReadOnlyList<double> MaxCosines, double FoundMmcs, double MatchedMean)
{
    internal static RecoveredDirections Of(DirectionRecovery measured) => new(measured.MaxCosines, measured.FoundMmcs, measured.MatchedMean);
}
