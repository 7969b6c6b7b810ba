namespace Pellucid.Bench.Contests;

/// <summary>One side of a contest: ours, or a baseline.</summary>
/// <param name="Name">Under which its figure stands in the result.</param>
/// <param name="Settings">How it is set up, or why it is absent.</param>
/// <param name="Play">Does one turn; null where the baseline is absent.</param>
internal sealed record Contender(string Name, string Settings, Func<Turn>? Play);
