namespace Pellucid.Tensors.Kernels;

/// <summary>
/// z [batch, queries, heads, size] = softmax(scale · q·k) v, for q [batch, queries, heads, size] and k and v [batch, keys, key heads,
/// size]. Heads share key heads in groups of heads / key heads.
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

    /// <summary>Keys that a query sees.</summary>
    internal readonly int Seen(int query) => Causal ? (int)Math.Min(Keys, (long)QueryOffset + query + 1) : Keys;
}
