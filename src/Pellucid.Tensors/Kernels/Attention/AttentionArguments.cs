namespace Pellucid.Tensors.Kernels;

/// <summary>
/// z [batch, queries, heads, size] = softmax(cap(scale · q·k)) v, for q [batch, queries, heads, size] and k and v [batch, keys, key heads,
/// size]. Heads share key heads in groups of heads / key heads. Every query sees at least one key.
/// </summary>
internal unsafe struct AttentionArguments
{
    internal float* Q;
    internal float* K;
    internal float* V;
    internal float* Z;
    internal HeadStrides StridesQ;
    internal HeadStrides StridesK;
    internal HeadStrides StridesV;
    internal HeadStrides StridesZ;
    internal int Batch;
    internal int Queries;

    /// <summary>At least 1.</summary>
    internal int Keys;
    internal int Heads;
    internal int KeyHeads;
    internal int Size;
    internal float Scale;

    /// <summary>Whether query i sees only the keys 0..<see cref="QueryOffset"/> + i.</summary>
    internal bool Causal;

    /// <summary>The position of the first query among the keys, at least 0.</summary>
    internal int QueryOffset;

    /// <summary>
    /// How many keys up to its own position a query sees at most (sliding window; Beltagy et al. 2020, arXiv:2004.05150); 0 for all.
    /// </summary>
    internal int Window;

    /// <summary>Scores s become cap · tanh(s / cap) (Gemma Team 2024, arXiv:2408.00118); 0 for no cap.</summary>
    internal float SoftCap;

    /// <summary>The first key that a query sees.</summary>
    internal readonly int First(int query) => Window > 0 ? (int)Math.Clamp((long)QueryOffset + query + 1 - Window, 0, Keys) : 0;

    /// <summary>The end of the keys that a query sees.</summary>
    internal readonly int Seen(int query) => Causal ? (int)Math.Min(Keys, (long)QueryOffset + query + 1) : Keys;

    /// <summary>The same of some sequences alone, of their keys in a range, and of those queries that see any of these.</summary>
    /// <param name="item">The first sequence.</param>
    /// <param name="count">How many sequences.</param>
    /// <param name="firstKey">Their first key.</param>
    /// <param name="endKey">The end of their keys.</param>
    /// <param name="first">The first query that sees any; there may be none.</param>
    internal readonly AttentionArguments Within(int item, int count, int firstKey, int endKey, out int first)
    {
        int end = Window > 0 ? (int)Math.Clamp((long)endKey + Window - 1 - QueryOffset, 0, Queries) : Queries;
        first = Causal ? Math.Clamp(firstKey - QueryOffset, 0, Queries) : 0;
        end = endKey > firstKey ? Math.Max(first, end) : first;
        return this with
        {
            Q = Q + StridesQ.Offset(item, first, 0),
            K = K + StridesK.Offset(item, firstKey, 0),
            V = V + StridesV.Offset(item, firstKey, 0),
            Z = Z + StridesZ.Offset(item, first, 0),
            Batch = count,
            Queries = end - first,
            Keys = endKey - firstKey,
            QueryOffset = QueryOffset + first - firstKey,
        };
    }
}
