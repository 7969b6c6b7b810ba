namespace Pellucid.GroundTruth.Notation;

/// <summary>An argument of a call.</summary>
/// <param name="Name">The parameter that it is for, where the call names it.</param>
/// <param name="Value">Its value.</param>
internal sealed record Argument(string? Name, Syntax Value);
