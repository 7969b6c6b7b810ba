using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>Rotary position embedding in its halves form: turns the first dimensions of every head, as many as the table has; the others stay.</summary>
    /// <param name="x">[batch, pos, head, d_head].</param>
    /// <param name="table">Angles; at most as many dimensions as a head.</param>
    /// <param name="start">Position of the first row.</param>
    /// <exception cref="ShapeException">The heads are smaller than what the table turns, or a position is beyond it.</exception>
    public Tensor Rotary(Tensor x, RotaryTable table, int start = 0)
    {
        if (x.Shape.Rank != 4 || x.Shape.Width < table.Dimensions || start < 0 || start > table.Positions - x.Shape[1])
        {
            throw new ShapeException(
                $"Rotary: {x.Shape} from position {start} does not fit a table of {table.Positions} positions that turns {table.Dimensions} dimensions.");
        }

        return Record(
            Rotate(x, table, start, null, inverse: false), (table, start),
            static (in step) => step.Give(0, step.Ops.Rotate(step.Gradient, step.State.table, step.State.start, null, inverse: true)), [NodeOf(x)]);
    }

    /// <summary>The same at positions of their own.</summary>
    /// <param name="x">[batch, pos, head, d_head].</param>
    /// <param name="table">Angles; at most as many dimensions as a head.</param>
    /// <param name="positions">I32 [batch, pos].</param>
    /// <exception cref="ShapeException">The heads are smaller than what the table turns, there is not a position for each row, or one is beyond the table.</exception>
    public Tensor Rotary(Tensor x, RotaryTable table, Tensor positions)
    {
        if (x.Shape.Rank != 4 || x.Shape.Width < table.Dimensions || positions.DType != DType.I32 || !positions.IsContiguous
            || positions.Shape != new Shape(x.Shape[0], x.Shape[1]) || positions.AsSpan<int>().ContainsAnyExceptInRange(0, table.Positions - 1))
        {
            throw new ShapeException(
                $"Rotary: {x.Shape} at positions {positions.Shape} of {positions.DType} does not fit a table of {table.Positions} positions that turns {table.Dimensions} dimensions.");
        }

        return Record(
            Rotate(x, table, 0, positions, inverse: false), table,
            static (in step) => step.Give(0, step.Ops.Rotate(step.Gradient, step.State, 0, step.Saved(0), inverse: true)), [NodeOf(x)], [positions]);
    }

    /// <summary>Causal attention without the score matrix: softmax(scale · q kᵀ) v (Vaswani et al. 2017, arXiv:1706.03762).</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="v">[batch, key, kv_head, d_head].</param>
    /// <param name="scale">Factor on the scores; 1/√d_head as a rule.</param>
    /// <returns>[batch, query, head, d_head].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or heads are not a multiple of the key heads.</exception>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale) => Attention(q, k, v, new AttentionOptions { Scale = scale });

    /// <summary>Attention without the score matrix: softmax(cap(scale · q kᵀ)) v over the keys that a query sees; 0 where it sees none.</summary>
    /// <param name="q">[batch, query, head, d_head].</param>
    /// <param name="k">[batch, key, kv_head, d_head]; the queries are the last of the keys' positions.</param>
    /// <param name="v">[batch, key, kv_head, d_head].</param>
    /// <param name="options">Scale, and which keys are seen.</param>
    /// <param name="ranges">I32 [batch, 2]: the first key and the end of the keys of each sequence, no other being seen; all of them when null.</param>
    /// <returns>[batch, query, head, d_head].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or heads are not a multiple of the key heads.</exception>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, AttentionOptions options, Tensor? ranges = null)
    {
        CheckHeads("Attention", q, k);
        Require(k.Shape == v.Shape, "Attention", k, v, "keys and values of one shape");
        CheckRanges("Attention", ranges, q.Shape[0], k.Shape[1]);
        using Operand queries = Plain(q), keys = WholeHeads(k), values = WholeHeads(v);
        Tensor result = New(q.Shape);
        AttentionArguments arguments = Arguments(options, q.Shape, k.Shape, queries, keys, values, result);
        AttentionKernel.Run(arguments, ranges is null ? null : (int*)ranges.RawPointer);
        GC.KeepAlive(ranges);
        return Record(result, options, AttentionRule, [NodeOf(q), NodeOf(k), NodeOf(v)], [q, k, v, result, ranges]);
    }

    private static void AttentionRule(in BackwardStep<AttentionOptions> step)
    {
        // The gradients have the strides of what they belong to, so these are made whole.
        Tensor q = step.Saved(0), k = step.Saved(1), v = step.Saved(2);
        Tensor? ranges = step.SavedOrNone(4);
        using Operand queries = Plain(q), keys = Plain(k), values = Plain(v);
        Tensor queryPart = step.Ops.New(q.Shape), keyPart = step.Ops.New(k.Shape), valuePart = step.Ops.New(v.Shape);
        AttentionArguments arguments = Arguments(step.State, q.Shape, k.Shape, queries, keys, values, step.Saved(3));
        AttentionKernel.Gradient(
            arguments, ranges is null ? null : (int*)ranges.RawPointer, step.Gradient.Pointer, queryPart.Pointer, keyPart.Pointer, valuePart.Pointer);
        GC.KeepAlive(ranges);
        ReadOnlySpan<Tensor> parts = [queryPart, keyPart, valuePart];
        for (int i = 0; i < parts.Length; i++)
        {
            if (step.Wants(i))
            {
                step.Give(i, parts[i]);
            }
        }
    }

    private static AttentionArguments Arguments(
        AttentionOptions options, Shape q, Shape k, in Operand queries, in Operand keys, in Operand values, Tensor result) => new()
        {
            Q = queries.Pointer,
            K = keys.Pointer,
            V = values.Pointer,
            Z = result.Pointer,
            StridesQ = Strides(queries.Strides),
            StridesK = Strides(keys.Strides),
            StridesV = Strides(values.Strides),
            StridesZ = Strides(result.Strides),
            Batch = q[0],
            Queries = q[1],
            Keys = k[1],
            Heads = q[2],
            KeyHeads = k[2],
            Size = q[3],
            Scale = options.Scale,
            Causal = options.IsCausal,
            QueryOffset = k[1] - q[1],
            Window = options.Window,
            SoftCap = options.SoftCap,
        };

    private Tensor Rotate(Tensor x, RotaryTable table, int start, Tensor? places, bool inverse)
    {
        using Operand plain = Plain(x);
        Tensor result = New(x.Shape);
        (int batch, int positions, int heads, int size) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        fixed (float* cosines = table.Cosines, sines = table.Sines)
        {
            int first = start * (table.Dimensions / 2);
            Kernels.Rotary.Rotate(
                plain.Pointer, result.Pointer, HeadStrides.Contiguous(positions, heads, size), batch, positions, heads, size,
                new Kernels.RotaryAngles(cosines + first, sines + first, table.Dimensions, places is null ? null : (int*)places.RawPointer), inverse);
        }

        GC.KeepAlive(places);
        return result;
    }

    private static void CheckHeads(string operation, Tensor q, Tensor k) => Require(
        q.Shape.Rank == 4 && k.Shape.Rank == 4 && q.Shape[0] == k.Shape[0] && q.Shape[3] == k.Shape[3] && k.Shape[2] > 0
            && q.Shape[2] % k.Shape[2] == 0
            && q.Shape[1] <= k.Shape[1],
        operation, q, k, "[batch, query, head, d_head] and [batch, key, kv_head, d_head]");

    /// <summary>The array itself if each head vector is one run of F32 values, as in a key-value cache; else a copy.</summary>
    private static Operand WholeHeads(Tensor tensor) => tensor.DType == DType.F32 && tensor.Strides[3] == 1 ? new(tensor, false) : Plain(tensor);

    private static HeadStrides Strides(ReadOnlySpan<long> strides) => new((nint)strides[0], (nint)strides[1], (nint)strides[2]);
}
