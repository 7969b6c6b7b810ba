namespace Pellucid.Bench.Contests;

/// <summary>One timed run.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Check">A number that depends on the result, if there is one: contenders that disagree about it are not compared.</param>
internal readonly record struct Turn(double Seconds, double? Check = null);
