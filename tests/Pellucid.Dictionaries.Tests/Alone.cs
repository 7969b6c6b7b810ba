namespace Pellucid.Dictionaries.Tests;

/// <summary>Tests that run while no other does: they measure what the whole process allocates.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
