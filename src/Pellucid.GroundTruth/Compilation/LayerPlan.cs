// Placement of Lindner et al. 2023 (arXiv:2301.05062), section 3.2: a variable's depth is the longest path to it from the tokens and
// positions, and all blocks of one depth share a layer. Where one depth holds heads alone and the next hidden units alone, the two are one
// layer: attention, then MLP.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>One layer of the network: heads side by side, then hidden units side by side; either may be none.</summary>
internal sealed record CraftLayer(IReadOnlyList<HeadBlock> Heads, IReadOnlyList<MlpBlock> Mlps)
{
    internal int Hidden => Mlps.Sum(mlp => mlp.Hidden);
}

/// <summary>Places blocks in layers.</summary>
internal static class LayerPlan
{
    internal static IReadOnlyList<CraftLayer> Place(VariableGraph graph, VariableBlocks?[] blocks)
    {
        int[] depths = Depths(graph);
        int[] built = [.. Enumerable.Range(0, blocks.Length).Where(i => blocks[i] is not null)];
        List<int[]> byDepth = [.. built.GroupBy(i => depths[i]).OrderBy(group => group.Key).Select(group => group.ToArray())];
        for (int i = 0; i + 1 < byDepth.Count; i++)
        {
            if (byDepth[i].All(v => blocks[v] is { Head: not null, Mlp: null }) && byDepth[i + 1].All(v => blocks[v] is { Head: null, Mlp: not null }))
            {
                byDepth[i] = [.. byDepth[i], .. byDepth[i + 1]];
                byDepth.RemoveAt(i + 1);
            }
        }

        return Packed([.. byDepth.Select(variables => new CraftLayer(
            [.. variables.Select(v => blocks[v]!.Head).OfType<HeadBlock>()],
            [.. variables.Select(v => blocks[v]!.Mlp).OfType<MlpBlock>()]))]);
    }

    private static int[] Depths(VariableGraph graph)
    {
        int[] depths = new int[graph.Variables.Count];
        foreach (Variable variable in graph.Variables)
        {
            depths[variable.Index] = variable.Operands.Count == 0 ? 0 : variable.Operands.Max(operand => depths[operand]) + 1;
        }

        return depths;
    }

    /// <summary>Joins an MLP without heads before it to a layer of heads without an MLP that comes right before.</summary>
    private static IReadOnlyList<CraftLayer> Packed(IReadOnlyList<CraftLayer> layers)
    {
        List<CraftLayer> packed = [];
        foreach (CraftLayer layer in layers)
        {
            if (packed.Count > 0 && packed[^1].Mlps.Count == 0 && layer.Heads.Count == 0)
            {
                packed[^1] = new CraftLayer(packed[^1].Heads, layer.Mlps);
            }
            else
            {
                packed.Add(layer);
            }
        }

        return packed;
    }
}
