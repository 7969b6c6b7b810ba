namespace Pellucid.GroundTruth;

/// <summary>
/// One path by which one part of a network reads what another wrote, in the notation of edge attribution patching (Syed et al. 2023,
/// arXiv:2310.10348): <c>input</c>, <c>a0.h1</c>, <c>m3</c>, <c>logits</c>; a head is read into by <c>a0.h1&lt;q&gt;</c>, <c>&lt;k&gt;</c>
/// or <c>&lt;v&gt;</c>. Immutable.
/// </summary>
/// <param name="Source">The node that writes.</param>
/// <param name="Target">The node that reads, of a head with the input that reads.</param>
public sealed record CircuitEdge(string Source, string Target)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source}->{Target}";
}
