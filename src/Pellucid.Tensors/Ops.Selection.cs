using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    /// <summary>Rows of <paramref name="chosen"/> where the flag is set, rows of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="rows">A flag for each leading index; the values under one flag are neighbours.</param>
    /// <exception cref="ShapeException">The shapes differ, or the values do not divide among the flags.</exception>
    public Tensor SelectRows(Tensor x, Tensor chosen, ReadOnlySpan<bool> rows)
    {
        Require(
            x.Shape == chosen.Shape && rows.Length > 0 && x.Count % rows.Length == 0, "SelectRows", x, chosen,
            "equal shapes whose values divide among the flags");
        using Operand a = Plain(x), b = Plain(chosen);
        Tensor result = New(x.Shape);
        long width = x.Count / rows.Length;
        for (int row = 0; row < rows.Length; row++)
        {
            Copy((rows[row] ? b : a).Pointer + (row * width), result.Pointer + (row * width), width);
        }

        (TapeNode? first, TapeNode? second) = (NodeOf(x), NodeOf(chosen));
        if ((first ?? second) is null)
        {
            return result;
        }

        Tensor flags = New(new Shape(rows.Length), DType.I32);
        for (int row = 0; row < rows.Length; row++)
        {
            ((int*)flags.RawPointer)[row] = rows[row] ? 1 : 0;
        }

        Record(result, 0, SelectRowsRule, [first, second], [flags]);
        Release(flags);
        return result;
    }

    private static void SelectRowsRule(in BackwardStep<int> step)
    {
        ReadOnlySpan<int> flags = step.Saved(0).AsSpan<int>();
        long width = flags.IsEmpty ? 0 : step.Gradient.Count / flags.Length;
        for (int operand = 0; operand < 2; operand++)
        {
            if (!step.Wants(operand))
            {
                continue;
            }

            Tensor part = step.Ops.Zeros(step.Gradient.Shape);
            for (int row = 0; row < flags.Length; row++)
            {
                if (flags[row] == operand)
                {
                    Copy(step.Gradient.Pointer + (row * width), part.Pointer + (row * width), width);
                }
            }

            step.Give(operand, part);
        }
    }

    /// <summary>Columns of <paramref name="chosen"/> where listed, columns of <paramref name="x"/> elsewhere.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="chosen">The same shape.</param>
    /// <param name="columns">Indices into the last axis.</param>
    /// <exception cref="ShapeException">The shapes differ, or an index is outside the last axis.</exception>
    public Tensor SelectColumns(Tensor x, Tensor chosen, ReadOnlySpan<int> columns)
    {
        int width = x.Shape.Width;
        Require(
            x.Shape == chosen.Shape && !columns.ContainsAnyExceptInRange(0, width - 1), "SelectColumns", x, chosen, "equal shapes and columns inside them");
        using Operand from = Plain(chosen);
        Tensor result = Made(x.To(DType.F32));
        for (long row = 0; row < x.Count; row += width)
        {
            foreach (int column in columns)
            {
                result.Pointer[row + column] = from.Pointer[row + column];
            }
        }

        (TapeNode? first, TapeNode? second) = (NodeOf(x), NodeOf(chosen));
        return Record(
            result, columns,
            static (in step) => Split(step, static (ops, columns, left, right) => ops.SelectColumns(left, right, columns.AsSpan<int>()), step.Saved(0)),
            [first, second]);
    }

    /// <summary>At the keys that a query sees the values of <paramref name="x"/>, at later keys those of <paramref name="later"/>.</summary>
    /// <param name="x">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <param name="later">The same shape.</param>
    /// <exception cref="ShapeException">The shapes differ, there are not four axes, or more queries than keys.</exception>
    public Tensor SelectSeen(Tensor x, Tensor later) => SelectSeen(x, later, Causal);

    /// <summary>At the keys that a query sees the values of <paramref name="x"/>, at all others those of <paramref name="unseen"/>.</summary>
    /// <param name="x">[batch, head, query, key]; the queries are the last of the keys' positions.</param>
    /// <param name="unseen">The same shape.</param>
    /// <param name="options">Which keys are seen.</param>
    /// <param name="ranges">I32 [batch, 2]: the first key and the end of the keys of each sequence, no other being seen; all of them when null.</param>
    /// <exception cref="ShapeException">The shapes differ, there are not four axes, more queries than keys, or ranges that do not fit.</exception>
    public Tensor SelectSeen(Tensor x, Tensor unseen, AttentionOptions options, Tensor? ranges = null)
    {
        Require(
            x.Shape == unseen.Shape && x.Shape.Rank == 4 && x.Shape[2] <= x.Shape[3], "SelectSeen", x, unseen,
            "twice the same [batch, head, query, key] with as many keys as queries or more");
        CheckRanges("SelectSeen", ranges, x.Shape[0], x.Shape[3]);
        int keys = x.Shape[3];
        using Operand a = Plain(x), b = Plain(unseen);
        Tensor result = New(x.Shape);
        SeenKeys seen = Seen(x.Shape, options, ranges);
        for (long row = 0; row < x.Shape.Rows; row++)
        {
            long at = row * keys;
            (int first, int end) = seen.Of(row);
            Copy(b.Pointer + at, result.Pointer + at, first);
            Copy(a.Pointer + at + first, result.Pointer + at + first, end - first);
            Copy(b.Pointer + at + end, result.Pointer + at + end, keys - end);
        }

        GC.KeepAlive(ranges);
        return Record(
            result, options,
            static (in step) => Split(
                step, static (ops, state, left, right) => ops.SelectSeen(left, right, state.Options, state.Ranges), (Options: step.State, Ranges: step.SavedOrNone(0))),
            [NodeOf(x), NodeOf(unseen)], [ranges]);
    }

    /// <summary><paramref name="x"/> with the values at its lowest indices replaced by those of a smaller array.</summary>
    /// <param name="x">Any array.</param>
    /// <param name="corner">As many axes, none longer than x's: value [i, j] comes to stand at [i, j] of the result.</param>
    /// <exception cref="ShapeException">The number of axes differs, or one of the corner's is longer.</exception>
    public Tensor Overlay(Tensor x, Tensor corner)
    {
        bool fits = x.Shape.Rank == corner.Shape.Rank && x.Shape.Rank > 0;
        for (int axis = 0; fits && axis < x.Shape.Rank; axis++)
        {
            fits = corner.Shape[axis] <= x.Shape[axis];
        }

        Require(fits, "Overlay", x, corner, "as many axes, none of the second longer");
        using Operand from = Plain(corner);
        Tensor result = Made(x.To(DType.F32));
        for (long row = 0; row < corner.Shape.Rows; row++)
        {
            (long at, long rest) = (0, row);
            for (int axis = x.Shape.Rank - 2; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, corner.Shape[axis]);
                at += index * result.Strides[axis];
            }

            Copy(from.Pointer + (row * corner.Shape.Width), result.Pointer + at, corner.Shape.Width);
        }

        return Record(result, corner.Shape, OverlayRule, [NodeOf(x), NodeOf(corner)]);
    }

    private static void OverlayRule(in BackwardStep<Shape> step)
    {
        if (step.Wants(0))
        {
            step.Give(0, step.Ops.Overlay(step.Gradient, step.Ops.Zeros(step.State)));
        }

        if (step.Wants(1))
        {
            Tensor corner = step.Gradient;
            for (int axis = 0; axis < step.State.Rank; axis++)
            {
                corner = step.Ops.Slice(corner, axis, 0, step.State[axis]);
            }

            step.Give(1, corner);
        }
    }

    /// <summary>The gradients of a choice between two arrays: each gets the gradient of what was taken from it, and zero elsewhere.</summary>
    private static void Split<TStep, TState>(in BackwardStep<TStep> step, Func<Ops, TState, Tensor, Tensor, Tensor> choose, TState state)
    {
        Tensor zeros = step.Ops.Zeros(step.Gradient.Shape);
        if (step.Wants(0))
        {
            step.Give(0, choose(step.Ops, state, step.Gradient, zeros));
        }

        if (step.Wants(1))
        {
            step.Give(1, choose(step.Ops, state, zeros, step.Gradient));
        }
    }
}
