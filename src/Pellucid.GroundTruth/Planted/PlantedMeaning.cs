namespace Pellucid.GroundTruth;

/// <summary>What a unit means: in words, and as a predicate that decides at which tokens it fires. Immutable.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Statement">The meaning in words.</param>
/// <param name="Span">How many tokens before the one in question decide; null where any number may, or the position does.</param>
/// <param name="Fires">Whether it fires at a position of a sequence of token ids, which sees what is before it and the token itself.</param>
public sealed record PlantedMeaning(string Name, string Statement, int? Span, Func<IReadOnlyList<int>, int, bool> Fires);
