namespace Pellucid.Dictionaries;

/// <summary>How far a recovery study is.</summary>
/// <param name="Setting">The difficulty in work.</param>
/// <param name="Fraction">Share of the study that is done, 0 to 1.</param>
public readonly record struct RecoveryProgress(string Setting, double Fraction);
