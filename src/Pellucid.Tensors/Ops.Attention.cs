namespace Pellucid.Tensors;

public sealed partial class Ops
{
    /// <summary>Rotary position embedding in its halves form.</summary>
    /// <param name="x">[batch, pos, head, d_head].</param>
    /// <param name="table">Angles; as many dimensions as a head.</param>
    /// <param name="start">Position of the first row.</param>
    /// <exception cref="ShapeException">The head size is not the table's, or a position is beyond it.</exception>
    public Tensor Rotary(Tensor x, RotaryTable table, int start = 0)
    {
        if (x.Shape.Rank != 4 || x.Shape.Width != table.Dimensions || start < 0 || start + x.Shape[1] > table.Positions)
        {
            throw new ShapeException(
                $"Rotary: {x.Shape} from position {start} does not fit a table of {table.Positions} positions and heads of {table.Dimensions}.");
        }

        Tensor plain = Plain(x), result = New(x.Shape);
        int heads = x.Shape[2], half = table.Dimensions / 2;
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            int position = start + (row / heads % x.Shape[1]);
            Span<float> from = plain.Row(row), to = result.Row(row);
            for (int i = 0; i < half; i++)
            {
                float cos = table.Cosines[(position * half) + i], sin = table.Sines[(position * half) + i];
                to[i] = (from[i] * cos) - (from[i + half] * sin);
                to[i + half] = (from[i + half] * cos) + (from[i] * sin);
            }
        }

        return result;
    }

    /// <summary>Causal attention without the score matrix: softmax(scale · q kᵀ) v (Vaswani et al. 2017, arXiv:1706.03762).</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="v">[batch, key, kv_head, d_head].</param>
    /// <param name="scale">Factor on the scores; 1/√d_head as a rule.</param>
    /// <returns>[batch, query, head, d_head].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or heads are not a multiple of the key heads.</exception>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale)
    {
        using Ops inner = new();
        return Own(inner.AttentionMix(inner.CausalSoftmax(inner.AttentionScores(q, k, scale)), v).Share());
    }

    /// <summary>Attention scores before the softmax; keys after the query are −∞.</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="scale">Factor on the scores.</param>
    /// <returns>[batch, head, query, key].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionScores(Tensor q, Tensor k, float scale)
    {
        CheckHeads("AttentionScores", q, k);
        Tensor plainQ = Plain(q), plainK = Plain(k);
        (int batch, int queries, int heads) = (q.Shape[0], q.Shape[1], q.Shape[2]);
        (int keys, int keyHeads) = (k.Shape[1], k.Shape[2]);
        Tensor result = New(new Shape(batch, heads, queries, keys).Named("batch", "head", "query", "key"));
        for (int row = 0; row < result.Shape.Rows; row++)
        {
            int query = row % queries, head = row / queries % heads, item = row / queries / heads;
            Span<float> to = result.Row(row);
            Span<float> from = plainQ.Row((((item * queries) + query) * heads) + head);
            int last = keys - queries + query;
            for (int key = 0; key < keys; key++)
            {
                to[key] = key > last ? float.NegativeInfinity
                    : scale * Dot(from, plainK.Row((((item * keys) + key) * keyHeads) + (head * keyHeads / heads)));
            }
        }

        return result;
    }

    /// <summary>The attention pattern of scores: softmax over the keys; a masked key gets exactly 0.</summary>
    /// <param name="scores">[batch, head, query, key].</param>
    public Tensor CausalSoftmax(Tensor scores) => Softmax(scores);

    /// <summary>The values mixed by a pattern.</summary>
    /// <param name="pattern">[batch, head, query, key].</param>
    /// <param name="v">[batch, key, kv_head, d_head].</param>
    /// <returns>[batch, query, head, d_head].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionMix(Tensor pattern, Tensor v)
    {
        Require(
            pattern.Shape.Rank == 4 && v.Shape.Rank == 4 && pattern.Shape[0] == v.Shape[0] && pattern.Shape[3] == v.Shape[1]
                && pattern.Shape[1] % v.Shape[2] == 0,
            "AttentionMix", pattern, v, "[batch, head, query, key] and [batch, key, kv_head, d_head]");
        Tensor plainPattern = Plain(pattern), plainV = Plain(v);
        (int batch, int heads, int queries, int keys) = (pattern.Shape[0], pattern.Shape[1], pattern.Shape[2], pattern.Shape[3]);
        int keyHeads = v.Shape[2];
        Tensor result = Own(Tensor.Zeros(new Shape(batch, queries, heads, v.Shape[3])));
        for (int row = 0; row < pattern.Shape.Rows; row++)
        {
            int query = row % queries, head = row / queries % heads, item = row / queries / heads;
            Span<float> weights = plainPattern.Row(row), to = result.Row((((item * queries) + query) * heads) + head);
            for (int key = 0; key < keys; key++)
            {
                Span<float> value = plainV.Row((((item * keys) + key) * keyHeads) + (head * keyHeads / heads));
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] += weights[key] * value[i];
                }
            }
        }

        return result;
    }

    private static void CheckHeads(string operation, Tensor q, Tensor k) => Require(
        q.Shape.Rank == 4 && k.Shape.Rank == 4 && q.Shape[0] == k.Shape[0] && q.Shape[3] == k.Shape[3] && q.Shape[2] % k.Shape[2] == 0
            && q.Shape[1] <= k.Shape[1],
        operation, q, k, "[batch, query, head, d_head] and [batch, key, kv_head, d_head]");

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
