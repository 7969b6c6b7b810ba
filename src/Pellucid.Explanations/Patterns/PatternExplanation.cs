// Neuron to graph: Foote et al. 2023, arXiv:2305.19911. The explanation is a trie that is read backward from a token: the most
// specific path that matches says how active the unit is. Departures: see PatternExplainer.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.Explanations;

/// <summary>
/// Contexts that activate a unit, each with the activation that it brings: tokens, possibly after other tokens, read from the
/// token backward. Where no path matches, the root's value is expected.
/// </summary>
public sealed record PatternExplanation : Explanation
{
    /// <summary>Name of its explainer.</summary>
    public const string Name = "pattern";

    private const int DeepestPath = 64;

    private readonly PatternTrie? _trie;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Explainer => Name;

    /// <summary>The trie, parents before children; node 0 is the root.</summary>
    public required IReadOnlyList<PatternNode> Nodes
    {
        get;
        init
        {
            field = value;
            _trie = PatternTrie.TryRead(value, DeepestPath);
        }
    }

    /// <summary>Longest context that a path looks at, in tokens, the token itself included.</summary>
    [JsonIgnore]
    public int Depth => _trie?.Depth ?? 0;

    /// <inheritdoc/>
    public override float[] Predict(IReadOnlyList<int> tokens)
    {
        int[] all = [.. tokens];
        float[] values = new float[all.Length];
        for (int i = 0; _trie is not null && i < all.Length; i++)
        {
            values[i] = Math.Max(0, Nodes[_trie.Match(all, i, int.MaxValue)].Value);
        }

        return values;
    }

    private protected override void Check()
    {
        if (_trie is null || Nodes.Any(node => !float.IsFinite(node.Value) || node.Support < 0))
        {
            throw new JsonException("its nodes form no trie, or a value is not finite");
        }
    }
}
