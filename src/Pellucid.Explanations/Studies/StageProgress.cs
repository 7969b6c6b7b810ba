namespace Pellucid.Explanations.Studies;

/// <summary>How far a stage of a study is.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Fraction">0 to 1.</param>
public readonly record struct StageProgress(string Stage, double Fraction);
