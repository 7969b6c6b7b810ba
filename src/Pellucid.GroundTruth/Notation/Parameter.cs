namespace Pellucid.GroundTruth.Notation;

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value where a call gives none; null where a call must.</param>
internal sealed record Parameter(string Name, Syntax? Default);
