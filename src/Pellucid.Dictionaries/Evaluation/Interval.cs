namespace Pellucid.Dictionaries;

/// <summary>A 95 % bootstrap interval.</summary>
/// <param name="Low">Its 2.5th percentile.</param>
/// <param name="High">Its 97.5th percentile.</param>
public readonly record struct Interval(double Low, double High);
