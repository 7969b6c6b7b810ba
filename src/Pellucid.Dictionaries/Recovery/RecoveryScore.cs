namespace Pellucid.Dictionaries;

/// <summary>How well one method recovered planted directions, over all seeds of a study. Immutable.</summary>
/// <param name="Mmcs">Mean max cosine similarity from the truth to what was found.</param>
/// <param name="MmcsInterval">Its 95 % bootstrap interval over features.</param>
/// <param name="MmcsOfSeeds">The same of each seed.</param>
/// <param name="FoundMmcs">Mean max cosine similarity from what was found to the truth; of a dictionary, over latents that are not silent.</param>
/// <param name="FractionRecovered">Share of features whose largest cosine is at least <see cref="DirectionRecovery.Threshold"/>.</param>
/// <param name="FractionInterval">Its 95 % bootstrap interval over features.</param>
/// <param name="MatchedMean">Mean cosine where no found direction serves twice.</param>
public sealed record RecoveryScore(
    double Mmcs, Interval MmcsInterval, IReadOnlyList<double> MmcsOfSeeds, double FoundMmcs, double FractionRecovered, Interval FractionInterval, double MatchedMean);
