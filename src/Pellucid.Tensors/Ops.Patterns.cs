using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

/// <content>Attention in steps, for where its scores or its pattern are looked at or changed.</content>
public sealed unsafe partial class Ops
{
    private static readonly AttentionOptions Causal = new() { Scale = 1 };

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
    /// <param name="ranges">I32 [batch, 2]: the first key and the end of the keys of each sequence, no other being seen; all of them when null.</param>
    /// <returns>[batch, head, query, key].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor AttentionScores(Tensor q, Tensor k, AttentionOptions options, Tensor? ranges = null)
    {
        CheckHeads("AttentionScores", q, k);
        CheckRanges("AttentionScores", ranges, q.Shape[0], k.Shape[1]);
        using Operand queries = Plain(q), keys = WholeHeads(k);
        (int batch, int count, int heads, int seen) = (q.Shape[0], q.Shape[1], q.Shape[2], k.Shape[1]);
        Tensor result = New(new Shape(batch, heads, count, seen));
        MatrixProduct.MultiplyBatch(
            batch, heads, Heads(queries), Heads(keys, heads / k.Shape[2], transposed: true), Patterns(result), count, seen, q.Shape[3]);
        Elementwise.Scale(result.Pointer, options.Scale, result.Pointer, result.Count);
        if (options.SoftCap > 0)
        {
            Elementwise.SoftCap(result.Pointer, options.SoftCap, result.Pointer, result.Count);
        }

        Unseen.Fill(result.Pointer, result.Shape.Rows, Seen(result.Shape, options, ranges), float.NegativeInfinity);
        GC.KeepAlive(ranges);
        (TapeNode? first, TapeNode? second) = (NodeOf(q), NodeOf(k));
        return Record(
            result, (options, q.Shape[3], k.Shape[2]), ScoresRule, [first, second],
            [second is null ? null : q, first is null ? null : k, options.SoftCap > 0 ? result : null, ranges]);
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

        Tensor? ranges = step.SavedOrNone(3);
        Unseen.Fill(scores.Pointer, scores.Shape.Rows, Seen(shape, options, ranges), 0);
        GC.KeepAlive(ranges);
        using Operand q = Plain(step.SavedOrNone(0) ?? scores), k = Plain(step.SavedOrNone(1) ?? scores);
        if (step.Wants(0))
        {
            Tensor part = step.Ops.New(step.ShapeOf(0));
            MatrixProduct.MultiplyBatch(batch, heads, Patterns(scores), Heads(k, heads / keyHeads), Heads(part), queries, size, keys);
            step.Give(0, part);
        }

        if (step.Wants(1))
        {
            Tensor part = step.Ops.New(step.ShapeOf(1));
            MultiplyTurned(scores, q, part);
            step.Give(1, part);
        }
    }

    /// <summary>
    /// The attention pattern of scores: softmax over the keys; a key after the query gets exactly 0, as does one whose score is −∞.
    /// </summary>
    /// <param name="scores">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <exception cref="ShapeException">There are not four axes, or more queries than keys.</exception>
    public Tensor CausalSoftmax(Tensor scores) => AttentionSoftmax(scores, Causal);

    /// <summary>
    /// The attention pattern of scores: softmax over the keys that a query sees; any other key gets exactly 0, whatever its score, and so do all
    /// keys of a query that sees none.
    /// </summary>
    /// <param name="scores">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <param name="options">Which keys are seen.</param>
    /// <param name="ranges">I32 [batch, 2]: the first key and the end of the keys of each sequence, no other being seen; all of them when null.</param>
    /// <exception cref="ShapeException">There are not four axes, more queries than keys, or ranges that do not fit.</exception>
    public Tensor AttentionSoftmax(Tensor scores, AttentionOptions options, Tensor? ranges = null)
    {
        if (scores.Shape.Rank != 4 || scores.Shape[2] > scores.Shape[3])
        {
            throw new ShapeException($"AttentionSoftmax: {scores.Shape} is not [batch, head, query, key] with as many keys as queries or more.");
        }

        CheckRanges("AttentionSoftmax", ranges, scores.Shape[0], scores.Shape[3]);
        using Operand plain = Plain(scores);
        Tensor result = New(scores.Shape);
        Kernels.Softmax.Seen(plain.Pointer, result.Pointer, result.Shape.Rows, Seen(scores.Shape, options, ranges));
        GC.KeepAlive(ranges);
        return Record(result, options, static (in step) =>
        {
            using Operand pattern = Plain(step.Saved(0));
            Tensor part = step.Ops.New(step.Gradient.Shape);
            Tensor? ranges = step.SavedOrNone(1);
            Kernels.Softmax.SeenGradient(
                pattern.Pointer, step.Gradient.Pointer, part.Pointer, part.Shape.Rows, Seen(part.Shape, step.State, ranges));
            GC.KeepAlive(ranges);
            step.Give(0, part);
        }, [NodeOf(scores)], [result, ranges]);
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
        MatrixProduct.MultiplyBatch(
            batch, heads, Patterns(weights.Pointer, pattern.Shape), Heads(values, heads / v.Shape[2]), Heads(result), queries, v.Shape[3], keys);

        (TapeNode? first, TapeNode? second) = (NodeOf(pattern), NodeOf(v));
        return Record(result, v.Shape[2], MixRule, [first, second], [second is null ? null : pattern, first is null ? null : v]);
    }

    private static void MixRule(in BackwardStep<int> step)
    {
        Tensor gradient = step.Gradient;
        (int batch, int queries, int heads, int size) = (gradient.Shape[0], gradient.Shape[1], gradient.Shape[2], gradient.Shape[3]);
        if (step.Wants(0))
        {
            using Operand v = Plain(step.Saved(1));
            Tensor part = step.Ops.New(step.ShapeOf(0));
            MatrixProduct.MultiplyBatch(
                batch, heads, Heads(gradient), Heads(v, heads / step.State, transposed: true), Patterns(part), queries, part.Shape[3], size);
            step.Give(0, part);
        }

        if (step.Wants(1))
        {
            using Operand pattern = Plain(step.Saved(0)), upper = Plain(gradient);
            Tensor part = step.Ops.New(step.ShapeOf(1));
            MultiplyTurned(pattern.Pointer, new Shape(batch, heads, queries, part.Shape[1]), upper, part);
            step.Give(1, part);
        }
    }

    private static void MultiplyTurned(Tensor weights, in Operand array, Tensor result) => MultiplyTurned(weights.Pointer, weights.Shape, array, result);

    /// <summary>
    /// Weights [batch, head, query, key] turned, times an array [batch, query, head, size] into [batch, key, kv_head, size]: the heads that
    /// share a key head are added up, one after another.
    /// </summary>
    private static void MultiplyTurned(float* weights, Shape shape, in Operand array, Tensor result)
    {
        (int heads, int queries, int keys) = (shape[1], shape[2], shape[3]);
        (int keyHeads, int size) = (result.Shape[2], result.Shape[3]);
        (int group, nint item) = (heads / keyHeads, (nint)queries * keys);
        for (int member = 0; member < group; member++)
        {
            BatchOperand turned = new()
            {
                First = weights + (member * item),
                StrideRow = keys,
                StrideOuter = heads * item,
                StrideInner = group * item,
                Transposed = true,
            };
            BatchOperand rows = Heads(array) with { First = array.Pointer + (member * size), StrideInner = (nint)group * size };
            MatrixProduct.MultiplyBatch(shape[0], keyHeads, turned, rows, Heads(result), keys, size, queries, accumulate: member > 0);
        }
    }

    /// <summary>What the queries of scores [batch, head, query, key] see.</summary>
    private static SeenKeys Seen(Shape scores, AttentionOptions options, Tensor? ranges) => new()
    {
        Heads = scores[1],
        Queries = scores[2],
        Keys = scores[3],
        Offset = scores[3] - scores[2],
        Causal = options.IsCausal,
        Window = options.Window,
        Ranges = ranges is null ? null : (int*)ranges.RawPointer,
    };

    private static void CheckRanges(string operation, Tensor? ranges, int batch, int keys)
    {
        if (ranges is null)
        {
            return;
        }

        if (ranges.DType != DType.I32 || !ranges.IsContiguous || ranges.Shape.Rank != 2 || ranges.Shape[0] != batch || ranges.Shape[1] != 2)
        {
            throw new ShapeException($"{operation}: ranges of keys {ranges.Shape} of {ranges.DType} do not fit {batch} sequences; I32 [batch, 2] was expected.");
        }

        ReadOnlySpan<int> values = ranges.AsSpan<int>();
        for (int i = 0; i < values.Length; i += 2)
        {
            if (values[i] < 0 || values[i] > values[i + 1] || values[i + 1] > keys)
            {
                throw new ShapeException($"{operation}: the range of keys {values[i]} to {values[i + 1]} of sequence {i / 2} is not inside the {keys} keys.");
            }
        }
    }

    /// <summary>The heads of an array [batch, position, head, size], each of which a group of items shares.</summary>
    private static BatchOperand Heads(in Operand array, int group = 1, bool transposed = false) =>
        Heads(array.Pointer, array.Strides) with { Group = group, Transposed = transposed };

    private static BatchOperand Heads(Tensor array) => Heads(array.Pointer, array.Strides);

    private static BatchOperand Heads(float* first, ReadOnlySpan<long> strides) =>
        new() { First = first, StrideRow = (nint)strides[1], StrideOuter = (nint)strides[0], StrideInner = (nint)strides[2] };

    /// <summary>The matrices of a contiguous array [batch, head, query, key].</summary>
    private static BatchOperand Patterns(Tensor array) => Patterns(array.Pointer, array.Shape);

    private static BatchOperand Patterns(float* first, Shape shape) => new()
    {
        First = first,
        StrideRow = shape[3],
        StrideOuter = (nint)shape[1] * shape[2] * shape[3],
        StrideInner = (nint)shape[2] * shape[3],
    };
}
