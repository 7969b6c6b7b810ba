namespace Pellucid.Explanations.Studies;

/// <summary>Scores of one explainer on one population, with 95 % bootstrap intervals over units.</summary>
/// <param name="TopAndRandom">Mean correlation on top and random records, −1 to 1; an undefined one counts as 0.</param>
/// <param name="TopAndRandomCi">Its interval.</param>
/// <param name="RandomOnly">Mean correlation on random records alone.</param>
/// <param name="RandomOnlyCi">Its interval.</param>
/// <param name="N">Units scored.</param>
/// <param name="NUndefined">Units whose top-and-random correlation is undefined.</param>
public sealed record ScoreSummary(
    double TopAndRandom, IReadOnlyList<double> TopAndRandomCi, double RandomOnly, IReadOnlyList<double> RandomOnlyCi, int N, int NUndefined);
