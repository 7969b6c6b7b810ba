using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>Rotary position embedding in its halves form.</summary>
    /// <param name="x">[batch, pos, head, d_head].</param>
    /// <param name="table">Angles; as many dimensions as a head.</param>
    /// <param name="start">Position of the first row.</param>
    /// <exception cref="ShapeException">The head size is not the table's, or a position is beyond it.</exception>
    public Tensor Rotary(Tensor x, RotaryTable table, int start = 0)
    {
        if (x.Shape.Rank != 4 || x.Shape.Width != table.Dimensions || start < 0 || start > table.Positions - x.Shape[1])
        {
            throw new ShapeException(
                $"Rotary: {x.Shape} from position {start} does not fit a table of {table.Positions} positions and heads of {table.Dimensions}.");
        }

        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        (int batch, int positions, int heads, int size) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        fixed (float* cosines = table.Cosines, sines = table.Sines)
        {
            int first = start * (size / 2);
            Kernels.Rotary.Rotate(
                plain.Pointer, result.Pointer, HeadStrides.Contiguous(positions, heads, size), batch, positions, heads, size, cosines + first, sines + first);
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
        CheckHeads("Attention", q, k);
        Require(k.Shape == v.Shape, "Attention", k, v, "keys and values of one shape");
        using Operand queries = Plain(q), keys = WholeHeads(k), values = WholeHeads(v);
        Tensor result = New(q.Shape);
        AttentionKernel.Run(new AttentionArguments
        {
            Q = queries.Pointer,
            K = keys.Pointer,
            V = values.Pointer,
            Z = result.Pointer,
            StridesQ = Strides(queries.Strides),
            StridesK = Strides(keys.Strides),
            StridesV = Strides(values.Strides),
            StridesZ = Strides(result.Strides),
            Batch = q.Shape[0],
            Queries = q.Shape[1],
            Keys = k.Shape[1],
            Heads = q.Shape[2],
            KeyHeads = k.Shape[2],
            Size = q.Shape[3],
            Scale = scale,
            Causal = true,
            QueryOffset = k.Shape[1] - q.Shape[1],
        });
        return result;
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
        using Operand queries = Plain(q), keys = WholeHeads(k);
        (int batch, int count, int heads, int seen) = (q.Shape[0], q.Shape[1], q.Shape[2], k.Shape[1]);
        Tensor result = New(new Shape(batch, heads, count, seen));
        for (int item = 0; item < batch; item++)
        {
            for (int head = 0; head < heads; head++)
            {
                float* rows = result.Pointer + ((((long)item * heads) + head) * count * seen);
                MatrixProduct.Multiply(
                    Head(queries.Pointer, queries.Strides, item, head), (nint)queries.Strides[1], false,
                    Head(keys.Pointer, keys.Strides, item, head * k.Shape[2] / heads), (nint)keys.Strides[1], true,
                    rows, seen, count, seen, q.Shape[3]);
                Elementwise.Scale(rows, scale, rows, (long)count * seen);
                for (int query = 0; query < count; query++)
                {
                    new Span<float>(rows + ((long)query * seen), seen)[(seen - count + query + 1)..].Fill(float.NegativeInfinity);
                }
            }
        }

        return result;
    }

    /// <summary>The attention pattern of scores: softmax over the keys; a key after the query gets exactly 0.</summary>
    /// <param name="scores">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <exception cref="ShapeException">There are not four axes, or more queries than keys.</exception>
    public Tensor CausalSoftmax(Tensor scores)
    {
        if (scores.Shape.Rank != 4 || scores.Shape[2] > scores.Shape[3])
        {
            throw new ShapeException($"CausalSoftmax: {scores.Shape} is not [batch, head, query, key] with as many keys as queries or more.");
        }

        using Operand plain = Plain(scores);
        Tensor result = New(scores.Shape);
        (int queries, int keys) = (scores.Shape[2], scores.Shape[3]);
        Kernels.Softmax.Causal(plain.Pointer, result.Pointer, (long)scores.Shape[0] * scores.Shape[1], queries, keys, keys - queries);
        return result;
    }

    /// <summary>The values mixed by a pattern.</summary>
    /// <param name="pattern">[batch, head, query, key].</param>
    /// <param name="v">[batch, key, kv_head, d_head].</param>
    /// <returns>[batch, query, head, d_head].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionMix(Tensor pattern, Tensor v)
    {
        Require(
            pattern.Shape.Rank == 4 && v.Shape.Rank == 4 && pattern.Shape[0] == v.Shape[0] && pattern.Shape[3] == v.Shape[1]
                && v.Shape[2] > 0 && pattern.Shape[1] % v.Shape[2] == 0,
            "AttentionMix", pattern, v, "[batch, head, query, key] and [batch, key, kv_head, d_head]");
        using Operand weights = Plain(pattern), values = WholeHeads(v);
        (int batch, int heads, int queries, int keys) = (pattern.Shape[0], pattern.Shape[1], pattern.Shape[2], pattern.Shape[3]);
        Tensor result = New(new Shape(batch, queries, heads, v.Shape[3]));
        for (int item = 0; item < batch; item++)
        {
            for (int head = 0; head < heads; head++)
            {
                MatrixProduct.Multiply(
                    weights.Pointer + ((((long)item * heads) + head) * queries * keys), keys, false,
                    Head(values.Pointer, values.Strides, item, head * v.Shape[2] / heads), (nint)values.Strides[1], false,
                    Head(result.Pointer, result.Strides, item, head), (nint)result.Strides[1], queries, v.Shape[3], keys);
            }
        }

        return result;
    }

    private static void CheckHeads(string operation, Tensor q, Tensor k) => Require(
        q.Shape.Rank == 4 && k.Shape.Rank == 4 && q.Shape[0] == k.Shape[0] && q.Shape[3] == k.Shape[3] && k.Shape[2] > 0
            && q.Shape[2] % k.Shape[2] == 0
            && q.Shape[1] <= k.Shape[1],
        operation, q, k, "[batch, query, head, d_head] and [batch, key, kv_head, d_head]");

    /// <summary>The array itself if each head vector is one run of F32 values, as in a key-value cache; else a copy.</summary>
    private static Operand WholeHeads(Tensor tensor) => tensor.DType == DType.F32 && tensor.Strides[3] == 1 ? new(tensor, false) : Plain(tensor);

    private static float* Head(float* first, ReadOnlySpan<long> strides, int item, int head) => first + (item * strides[0]) + (head * strides[2]);

    private static HeadStrides Strides(ReadOnlySpan<long> strides) => new((nint)strides[0], (nint)strides[1], (nint)strides[2]);
}
