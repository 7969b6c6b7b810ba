namespace Pellucid.Explanations;

/// <summary>The paths of a pattern: tokens read backward, with a wildcard that stands for any one token. Written by one thread, then read by any.</summary>
internal sealed class PatternTrie
{
    internal const int Any = -1;

    private readonly Dictionary<long, int> _children = [];
    private readonly List<(int Parent, int Token, int Depth, int Exact)> _nodes = [(-1, Any, 0, 0)];

    internal int Count => _nodes.Count;

    /// <summary>Length of the longest path.</summary>
    internal int Depth { get; private set; }

    internal int Parent(int node) => _nodes[node].Parent;

    internal int Token(int node) => _nodes[node].Token;

    internal int DepthOf(int node) => _nodes[node].Depth;

    /// <summary>The trie of nodes from a file; null where they do not form one.</summary>
    internal static PatternTrie? TryRead(IReadOnlyList<PatternNode> nodes, int deepest)
    {
        PatternTrie trie = new();
        if (nodes.Count == 0 || nodes[0].Parent != -1)
        {
            return null;
        }

        for (int node = 1; node < nodes.Count; node++)
        {
            (int parent, int token) = (nodes[node].Parent, nodes[node].Token);
            if (parent < 0 || parent >= node || token < Any || trie.DepthOf(parent) >= deepest || trie.Child(parent, token) >= 0)
            {
                return null;
            }

            trie.Add(parent, token);
        }

        return trie;
    }

    internal int Child(int node, int token) => _children.GetValueOrDefault(Key(node, token), -1);

    /// <summary>The node's child for a token, made if it is not there.</summary>
    internal int Add(int parent, int token)
    {
        if (Child(parent, token) is int known and >= 0)
        {
            return known;
        }

        (_, _, int depth, int exact) = _nodes[parent];
        _nodes.Add((parent, token, depth + 1, exact + (token == Any ? 0 : 1)));
        _children.Add(Key(parent, token), _nodes.Count - 1);
        Depth = Math.Max(Depth, depth + 1);
        return _nodes.Count - 1;
    }

    /// <summary>
    /// The node whose path fits the tokens that end at a place and names the most of them; of equals, the one with a wildcard, which
    /// experiments put there.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="at">The place.</param>
    /// <param name="deepest">Longest path to follow.</param>
    internal int Match(ReadOnlySpan<int> tokens, int at, int deepest) => Match(0, tokens, at, deepest);

    /// <summary>Every node whose path fits the tokens that end at a place, the root first.</summary>
    internal void Visit(ReadOnlySpan<int> tokens, int at, List<int> into) => Visit(0, tokens, at, into);

    private int Match(int node, ReadOnlySpan<int> tokens, int at, int deepest)
    {
        int best = _nodes[node].Token == Any && node != 0 ? -1 : node;
        if (at < 0 || _nodes[node].Depth == deepest)
        {
            return best;
        }

        foreach (int token in (ReadOnlySpan<int>)[Any, tokens[at]])
        {
            int child = Child(node, token);
            int found = child < 0 ? -1 : Match(child, tokens, at - 1, deepest);
            if (found >= 0 && (best < 0 || _nodes[found].Exact > _nodes[best].Exact))
            {
                best = found;
            }
        }

        return best;
    }

    private void Visit(int node, ReadOnlySpan<int> tokens, int at, List<int> into)
    {
        into.Add(node);
        if (at < 0)
        {
            return;
        }

        if (Child(node, tokens[at]) is int exact and >= 0)
        {
            Visit(exact, tokens, at - 1, into);
        }

        if (Child(node, Any) is int any and >= 0)
        {
            Visit(any, tokens, at - 1, into);
        }
    }

    private static long Key(int node, int token) => ((long)node << 32) | (uint)token;
}
