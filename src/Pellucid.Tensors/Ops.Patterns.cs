using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

/// <content>Attention in steps, for where its scores or its pattern are looked at or changed.</content>
public sealed unsafe partial class Ops
{
    /// <summary>Causal attention scores before the softmax; keys after the query are −∞.</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="scale">Factor on the scores.</param>
    /// <returns>[batch, head, query, key].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionScores(Tensor q, Tensor k, float scale) => AttentionScores(q, k, new AttentionOptions { Scale = scale });

    /// <summary>Attention scores before the softmax, capped where there is a cap; keys that a query does not see are −∞.</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="options">Scale, and which keys are seen.</param>
    /// <returns>[batch, head, query, key].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionScores(Tensor q, Tensor k, AttentionOptions options)
    {
        CheckHeads("AttentionScores", q, k);
        using Operand queries = Plain(q), keys = WholeHeads(k);
        (int batch, int count, int heads, int seen) = (q.Shape[0], q.Shape[1], q.Shape[2], k.Shape[1]);
        Tensor result = New(new Shape(batch, heads, count, seen));
        for (int head = 0; head < batch * heads; head++)
        {
            MatrixProduct.Multiply(
                Head(queries, head, heads, heads), (nint)queries.Strides[1], false,
                Head(keys, head, heads, k.Shape[2]), (nint)keys.Strides[1], true,
                result.Pointer + ((long)head * count * seen), seen, count, seen, q.Shape[3]);
        }

        Elementwise.Scale(result.Pointer, options.Scale, result.Pointer, result.Count);
        if (options.SoftCap > 0)
        {
            Elementwise.SoftCap(result.Pointer, options.SoftCap, result.Pointer, result.Count);
        }

        FillUnseen(result, options, float.NegativeInfinity);
        (TapeNode? first, TapeNode? second) = (NodeOf(q), NodeOf(k));
        return Record(
            result, (options, q.Shape[3], k.Shape[2]), ScoresRule, [first, second],
            [second is null ? null : q, first is null ? null : k, options.SoftCap > 0 ? result : null]);
    }

    private static void ScoresRule(in BackwardStep<(AttentionOptions Options, int Size, int KeyHeads)> step)
    {
        (AttentionOptions options, int size, int keyHeads) = step.State;
        Shape shape = step.Gradient.Shape;
        (int batch, int heads, int queries, int keys) = (shape[0], shape[1], shape[2], shape[3]);
        Tensor scores = step.Ops.Scale(step.Gradient, options.Scale);
        if (options.SoftCap > 0)
        {
            using Operand capped = Plain(step.Saved(2));
            Elementwise.SoftCapGradient(capped.Pointer, options.SoftCap, scores.Pointer, scores.Pointer, scores.Count);
        }

        FillUnseen(scores, options, 0);
        Tensor? queryPart = step.Wants(0) ? step.Ops.New(step.ShapeOf(0)) : null, keyPart = step.Wants(1) ? step.Ops.Zeros(step.ShapeOf(1)) : null;
        using Operand q = Plain(step.SavedOrNone(0) ?? scores), k = Plain(step.SavedOrNone(1) ?? scores);
        for (int head = 0; head < batch * heads; head++)
        {
            float* rows = scores.Pointer + ((long)head * queries * keys);
            if (queryPart is not null)
            {
                MatrixProduct.Multiply(
                    rows, keys, false, Head(k, head, heads, keyHeads), (nint)keyHeads * size, false,
                    Head(queryPart, head, heads, heads), (nint)heads * size, queries, size, keys);
            }

            if (keyPart is not null)
            {
                MatrixProduct.Multiply(
                    rows, keys, true, Head(q, head, heads, heads), (nint)heads * size, false,
                    Head(keyPart, head, heads, keyHeads), (nint)keyHeads * size, keys, size, queries, accumulate: true);
            }
        }

        if (queryPart is not null)
        {
            step.Give(0, queryPart);
        }

        if (keyPart is not null)
        {
            step.Give(1, keyPart);
        }
    }

    /// <summary>
    /// The attention pattern of scores: softmax over the keys; a key after the query gets exactly 0, as does one whose score is −∞.
    /// </summary>
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
        return Record(result, 0, static (in step) =>
        {
            using Operand pattern = Plain(step.Saved(0));
            Tensor part = step.Ops.New(step.Gradient.Shape);
            (int queries, int keys) = (part.Shape[2], part.Shape[3]);
            Kernels.Softmax.CausalGradient(
                pattern.Pointer, step.Gradient.Pointer, part.Pointer, (long)part.Shape[0] * part.Shape[1], queries, keys, keys - queries);
            step.Give(0, part);
        }, [NodeOf(scores)], [result]);
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
        for (int head = 0; head < batch * heads; head++)
        {
            MatrixProduct.Multiply(
                weights.Pointer + ((long)head * queries * keys), keys, false,
                Head(values, head, heads, v.Shape[2]), (nint)values.Strides[1], false,
                Head(result, head, heads, heads), (nint)result.Strides[1], queries, v.Shape[3], keys);
        }

        (TapeNode? first, TapeNode? second) = (NodeOf(pattern), NodeOf(v));
        return Record(result, (keys, v.Shape[2]), MixRule, [first, second], [second is null ? null : pattern, first is null ? null : v]);
    }

    private static void MixRule(in BackwardStep<(int Keys, int KeyHeads)> step)
    {
        (int keys, int keyHeads) = step.State;
        Tensor gradient = step.Gradient;
        (int batch, int queries, int heads, int size) = (gradient.Shape[0], gradient.Shape[1], gradient.Shape[2], gradient.Shape[3]);
        Tensor? patternPart = step.Wants(0) ? step.Ops.New(step.ShapeOf(0)) : null, valuePart = step.Wants(1) ? step.Ops.Zeros(step.ShapeOf(1)) : null;
        using Operand pattern = Plain(step.SavedOrNone(0) ?? gradient), v = Plain(step.SavedOrNone(1) ?? gradient);
        for (int head = 0; head < batch * heads; head++)
        {
            long at = (long)head * queries * keys;
            if (patternPart is not null)
            {
                MatrixProduct.Multiply(
                    Head(gradient, head, heads, heads), (nint)heads * size, false, Head(v, head, heads, keyHeads), (nint)keyHeads * size, true,
                    patternPart.Pointer + at, keys, queries, keys, size);
            }

            if (valuePart is not null)
            {
                MatrixProduct.Multiply(
                    pattern.Pointer + at, keys, true, Head(gradient, head, heads, heads), (nint)heads * size, false,
                    Head(valuePart, head, heads, keyHeads), (nint)keyHeads * size, keys, size, queries, accumulate: true);
            }
        }

        if (patternPart is not null)
        {
            step.Give(0, patternPart);
        }

        if (valuePart is not null)
        {
            step.Give(1, valuePart);
        }
    }

    private static void FillUnseen(Tensor scores, AttentionOptions options, float value)
    {
        (int queries, int keys) = (scores.Shape[2], scores.Shape[3]);
        for (long row = 0; row < scores.Shape.Rows; row++)
        {
            Span<float> span = new(scores.Pointer + (row * keys), keys);
            int position = keys - queries + (int)(row % queries);
            if (options.IsCausal)
            {
                span[(position + 1)..].Fill(value);
            }

            if (options.Window > 0)
            {
                span[..Math.Max(0, position + 1 - options.Window)].Fill(value);
            }
        }
    }

    /// <summary>
    /// First value of a head of an array [batch, position, head, d_head], by the number of a query head among those of all items; heads of
    /// keys are shared by groups of query heads.
    /// </summary>
    private static float* Head(in Operand array, int head, int heads, int ownHeads) => Head(array.Pointer, array.Strides, head, heads, ownHeads);

    private static float* Head(Tensor array, int head, int heads, int ownHeads) => Head(array.Pointer, array.Strides, head, heads, ownHeads);

    private static float* Head(float* first, ReadOnlySpan<long> strides, int head, int heads, int ownHeads) =>
        first + (head / heads * strides[0]) + ((long)(head % heads) * ownHeads / heads * strides[2]);
}
