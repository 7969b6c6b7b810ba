namespace Pellucid.Tensors.Tests;

/// <summary>Tests that look at what the whole process does, and so run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
