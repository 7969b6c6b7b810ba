namespace Pellucid.Bench.Contests;

/// <summary>The least and the greatest of the rounds' figures.</summary>
internal sealed record Spread(double Min, double Max);
