namespace Pellucid.GroundTruth;

/// <summary>
/// The nodes and edges through which a compiled program computes. An edge is there when its target reads a variable that its source writes.
/// What never differs between inputs is no edge: the constant direction, and BOS, which heads read as a default and maps to stay silent on
/// it. Immutable.
/// </summary>
/// <param name="Nodes">Nodes in the order in which the network runs them.</param>
/// <param name="Edges">Edges in the order of their targets, then their sources.</param>
public sealed record Circuit(IReadOnlyList<string> Nodes, IReadOnlyList<CircuitEdge> Edges)
{
    /// <summary>Every edge between nodes of a network: from each to all inputs of those that run after it.</summary>
    /// <param name="nodes">Nodes in the order in which the network runs them.</param>
    public static IReadOnlyList<CircuitEdge> AllEdges(IReadOnlyList<string> nodes) =>
    [
        .. nodes.Index().SelectMany(target => Inputs(target.Item).SelectMany(input =>
            nodes.Take(target.Index).Where(source => IsBefore(source, target.Item)).Select(source => new CircuitEdge(source, input)))),
    ];

    internal static IEnumerable<string> Inputs(string node) => node switch
    {
        "input" => [],
        ['a', ..] => [$"{node}<q>", $"{node}<k>", $"{node}<v>"],
        _ => [node],
    };

    /// <summary>Heads of one layer run side by side.</summary>
    internal static bool IsBefore(string source, string target) =>
        !(source[0] == 'a' && target[0] == 'a' && source.Split('.')[0] == target.Split('.')[0]);
}
