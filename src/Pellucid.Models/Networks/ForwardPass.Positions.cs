using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>Activations that are kept at some positions alone.</content>
internal sealed partial class ForwardPass
{
    /// <summary>A copy of the positions that are kept, so that the whole activation can be let go.</summary>
    private Tensor Chosen(HookPoint point, Tensor value)
    {
        int axis = point.PositionAxis, heads = axis == 2 ? value.Shape[1] : 1, columns = value.Shape[axis];
        int count = _capture.ColumnsOf(_tokens, 0).Length, width = (int)(value.Shape.Count / (_tokens.Count * heads * columns));
        int[] rows = new int[_tokens.Count * heads * count];
        for (int i = 0; i < _tokens.Count * heads; i++)
        {
            ReadOnlySpan<int> chosen = _capture.ColumnsOf(_tokens, i / heads);
            for (int j = 0; j < count; j++)
            {
                rows[(i * count) + j] = (i * columns) + chosen[j];
            }
        }

        Tensor table = _ops.Reshape(value, new Shape(_tokens.Count * heads * columns, width));
        Tensor gathered = _ops.Gather(table, rows, new Shape(rows.Length));
        _ops.Release(table);
        Span<int> sizes = stackalloc int[value.Shape.Rank];
        value.Shape.Sizes.CopyTo(sizes);
        sizes[axis] = count;
        Tensor kept = _ops.Reshape(gathered, new Shape(sizes));
        _ops.Release(gathered);
        return kept; // small, and let go of with the pass
    }

    /// <summary>
    /// Whether scores and pattern are needed for nothing but to be kept at some positions: then the rows of those queries are computed beside the
    /// fused attention, and the whole square never is.
    /// </summary>
    private bool KeepsRowsAlone(LayerHookNames names, AttentionOptions options) =>
        _recording is null && !_capture.IsWhole && _cache is null && (options.IsCausal || options.Window == 0)
        && !_model.InterventionsAt.ContainsKey(names.AttnScores) && !_model.InterventionsAt.ContainsKey(names.Pattern);

    /// <summary>Keeps scores and pattern of the queries that are asked for.</summary>
    private void KeepRows(LayerHookNames names, Tensor q, Tensor k, AttentionOptions options)
    {
        int[] first = _capture.ColumnsOf(_tokens, 0);
        bool isSame = true;
        for (int row = 1; row < _tokens.Count; row++)
        {
            isSame &= first.AsSpan().SequenceEqual(_capture.ColumnsOf(_tokens, row));
        }

        // Of sequences that differ, one after the other. What is made on the way is let go of, since views would hold whole layers.
        List<Tensor> scores = [], patterns = [], made = [];
        for (int row = 0; row < (isSame ? 1 : _tokens.Count); row++)
        {
            (int start, int count) = isSame ? (0, _tokens.Count) : (row, 1);
            Tensor queries = Noted(made, _ops.Slice(q, 0, start, count)), keys = Noted(made, _ops.Slice(k, 0, start, count));
            ReadOnlySpan<int> ranges = _ranges is null ? [] : _ranges.AsSpan<int>().Slice(2 * start, 2 * count);
            int[] columns = isSame ? first : _capture.ColumnsOf(_tokens, row);
            (List<Tensor> scoresOfRow, List<Tensor> patternsOfRow) = ([], []);
            for (int i = 0; i < columns.Length;)
            {
                int length = 1;
                while (i + length < columns.Length && columns[i + length] == columns[i] + length)
                {
                    length++;
                }

                (Tensor some, Tensor pattern) = Rows(queries, keys, ranges, columns[i], length, options, made);
                scoresOfRow.Add(some);
                patternsOfRow.Add(pattern);
                i += length;
            }

            scores.Add(Joined(2, scoresOfRow, made));
            patterns.Add(Joined(2, patternsOfRow, made));
        }

        KeepMade(names.AttnScores, scores, made);
        KeepMade(names.Pattern, patterns, made);
        foreach (Tensor one in made)
        {
            _ops.Release(one);
        }
    }

    private static Tensor Noted(List<Tensor> made, Tensor one)
    {
        made.Add(one);
        return one;
    }

    /// <summary>Scores and pattern of neighbouring queries, [batch, head, query, key] over all keys.</summary>
    private (Tensor Scores, Tensor Pattern) Rows(Tensor q, Tensor k, ReadOnlySpan<int> ranges, int column, int length, AttentionOptions options, List<Tensor> made)
    {
        int all = k.Shape[1], seen = options.IsCausal ? column + length : all; // the queries are the last of the keys' positions
        Tensor keys = Noted(made, _ops.Slice(k, 1, 0, seen)), queries = Noted(made, _ops.Slice(q, 1, column, length));
        Tensor? within = ranges.IsEmpty ? null : Noted(made, Clipped(ranges, seen));
        Tensor scores = Noted(made, _ops.AttentionScores(queries, keys, options, within));
        Tensor pattern = Noted(made, IsMasked(options) ? _ops.AttentionSoftmax(scores, options, within) : _ops.Softmax(scores));
        return seen == all ? (scores, pattern) : (Widened(scores, all, float.NegativeInfinity, made), Widened(pattern, all, 0, made));
    }

    /// <summary>Ranges of keys that end where the keys do.</summary>
    private Tensor Clipped(ReadOnlySpan<int> ranges, int keys)
    {
        int[] ends = ranges.ToArray();
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = Math.Min(ends[i], keys);
        }

        return _ops.Integers(ends, new Shape(ends.Length / 2, 2));
    }

    private Tensor Widened(Tensor x, int keys, float value, List<Tensor> made)
    {
        Shape rest = new(x.Shape[0], x.Shape[1], x.Shape[2], keys - x.Shape[3]);
        Tensor filled = Noted(made, _ops.Zeros(rest));
        filled.AsSpan().Fill(value);
        return Noted(made, _ops.Concat(3, x, filled));
    }

    private Tensor Joined(int axis, List<Tensor> parts, List<Tensor> made) => parts.Count == 1 ? parts[0] : Noted(made, _ops.Concat(axis, [.. parts]));

    private void KeepMade(string hook, List<Tensor> parts, List<Tensor> made)
    {
        if (_capture.Contains(hook))
        {
            Tensor kept = Joined(0, parts, made);
            _kept[hook] = Result(kept, _model.Hooks[hook].Named(kept.Shape.Sizes));
        }
    }
}
