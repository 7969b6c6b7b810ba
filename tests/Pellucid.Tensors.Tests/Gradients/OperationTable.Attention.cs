using Pellucid.Tensors.Kernels;
using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private static readonly AttentionOptions[] Kinds =
    [
        new() { Scale = 0.7f },
        new() { Scale = 0.7f, IsCausal = false },
        new() { Scale = 0.7f, Window = 2 },
        new() { Scale = 0.7f, SoftCap = 1.5f },
    ];

    private static IEnumerable<OperationCase> Attention(int positions, params (int Queries, int Keys)[] sizes)
    {
        const int Batch = 2, Heads = 4, KeyHeads = 2, Size = 6;
        RotaryTable table = RotaryTable.Create(positions + 4, Size);
        int[] rotated = [Batch, positions, Heads, Size];
        yield return new("Rotary", "Rotary(3)", [rotated], (ops, x) => ops.Rotary(x[0], table, 3), x =>
        {
            double[] cosines = [.. table.Cosines.Select(value => (double)value)], sines = [.. table.Sines.Select(value => (double)value)];
            double[] result = [.. x[0]];
            for (int vector = 0; vector < result.Length / Size; vector++)
            {
                int first = (3 + (vector / Heads % positions)) * (Size / 2);
                Reference.Rotate<double>(result.AsSpan(vector * Size, Size), cosines.AsSpan(first, Size / 2), sines.AsSpan(first, Size / 2));
            }

            return result;
        });
        RotaryTable part = RotaryTable.Of(positions + 4, [1, 0.3f], 1.2f);
        int[] places = [.. Enumerable.Range(0, Batch * positions).Select(item => item * 3 % (positions + 4))];
        yield return new("RotaryPart", "Rotary(3)", [rotated], (ops, x) => ops.Rotary(x[0], part, 3), x => Turned(x[0], part, vector => 3 + (vector / Heads % positions)));
        yield return new("RotaryPlaces", "Rotary(Tensor,RotaryTable,Tensor)", [rotated], (ops, x) =>
            ops.Rotary(x[0], part, ops.Own(Tensor.From(places, new Shape(Batch, positions)))), x => Turned(x[0], part, vector => places[vector / Heads]));
        foreach ((int queries, int keys) in sizes)
        {
            int[] q = [Batch, queries, Heads, Size], k = [Batch, keys, KeyHeads, Size], pattern = [Batch, Heads, queries, keys];
            foreach ((AttentionOptions options, int kind) in Kinds.Select((options, index) => (options, index)))
            {
                yield return new($"Attention{kind}", "Attention(Tensor,Tensor,Tensor,AttentionOptions,Tensor)", [q, k, k], (ops, x) => ops.Attention(x[0], x[1], x[2], options), x =>
                    Mixed(Patterns(Scores(x[0], x[1], q, k, options), keys), x[2], pattern, k));
                yield return new($"AttentionScores{kind}", "AttentionScores(Tensor,Tensor,AttentionOptions,Tensor)", [q, k], (ops, x) => Finite(ops, ops.AttentionScores(x[0], x[1], options)), x =>
                    Map(Scores(x[0], x[1], q, k, options), value => double.IsFinite(value) ? value : 0));

                // The second sequence is padded in front, so that its first queries see nothing where attention is causal.
                int[] ranges = [0, Math.Max(1, keys - 1), keys - 1, keys];
                Tensor Ranges(Ops ops) => ops.Own(Tensor.From(ranges, new Shape(Batch, 2)));
                yield return new($"AttentionRanges{kind}", "Attention(Tensor,Tensor,Tensor,AttentionOptions,Tensor)", [q, k, k], (ops, x) => ops.Attention(x[0], x[1], x[2], options, Ranges(ops)), x =>
                    Mixed(Patterns(Scores(x[0], x[1], q, k, options, ranges), keys), x[2], pattern, k));
                yield return new($"AttentionScoresRanges{kind}", "AttentionScores(Tensor,Tensor,AttentionOptions,Tensor)", [q, k], (ops, x) => Finite(ops, ops.AttentionScores(x[0], x[1], options, Ranges(ops))), x =>
                    Map(Scores(x[0], x[1], q, k, options, ranges), value => double.IsFinite(value) ? value : 0));
                yield return new($"AttentionSoftmax{kind}", "AttentionSoftmax(3)", [pattern], (ops, x) => ops.AttentionSoftmax(x[0], options, Ranges(ops)), x =>
                    Patterns(Where(x[0], pattern, (a, at) => Sees(queries, keys, options, ranges, at) ? a : double.NegativeInfinity), keys));
                yield return new($"SelectSeen{kind}", "SelectSeen(4)", [pattern, pattern], (ops, x) => ops.SelectSeen(x[0], x[1], options, Ranges(ops)), x =>
                    Where(x[0], pattern, (a, at) => Sees(queries, keys, options, ranges, at) ? a : x[1][Flat(pattern, at)]));
            }

            yield return new("Attention", "Attention(Tensor,Tensor,Tensor,Single)", [q, k, k], (ops, x) => ops.Attention(x[0], x[1], x[2], 0.7f), x =>
                Mixed(Patterns(Scores(x[0], x[1], q, k, Kinds[0]), keys), x[2], pattern, k));
            yield return new("AttentionScores", "AttentionScores(Tensor,Tensor,Single)", [q, k], (ops, x) => Finite(ops, ops.AttentionScores(x[0], x[1], 0.7f)), x =>
                Map(Scores(x[0], x[1], q, k, Kinds[0]), value => double.IsFinite(value) ? value : 0));
            yield return new("CausalSoftmax", "CausalSoftmax(1)", [pattern], (ops, x) => ops.CausalSoftmax(x[0]), x =>
                Patterns(Where(x[0], pattern, (a, at) => at[3] <= keys - queries + at[2] ? a : double.NegativeInfinity), keys));
            yield return new("AttentionMix", "AttentionMix(2)", [pattern, k], (ops, x) => ops.AttentionMix(x[0], x[1]), x => Mixed(x[0], x[1], pattern, k));
        }
    }

    /// <summary>What is not seen is −∞, which no weighted sum survives: 0 in its place.</summary>
    private static Tensor Finite(Ops ops, Tensor scores) => ops.Multiply(
        ops.Clamp(scores, -1e3f, 1e3f),
        ops.Own(Tensor.From([.. scores.ToArray().Select(value => float.IsFinite(value) ? 1f : 0)], scores.Shape)));

    private static double[] Turned(double[] x, RotaryTable table, Func<int, int> place)
    {
        int size = x.Length % 6 == 0 ? 6 : throw new InvalidOperationException("Heads of six are turned here."), half = table.Dimensions / 2;
        double[] cosines = [.. table.Cosines.Select(value => (double)value)], sines = [.. table.Sines.Select(value => (double)value)], result = [.. x];
        for (int vector = 0; vector < result.Length / size; vector++)
        {
            int first = place(vector) * half;
            Reference.Rotate<double>(result.AsSpan(vector * size, 2 * half), cosines.AsSpan(first, half), sines.AsSpan(first, half));
        }

        return result;
    }

    private static bool Sees(int queries, int keys, AttentionOptions options, int[]? ranges, ReadOnlySpan<int> at)
    {
        int position = keys - queries + at[2];
        bool within = ranges is null || (at[3] >= ranges[2 * at[0]] && at[3] < ranges[(2 * at[0]) + 1]);
        return within && !(options.IsCausal && at[3] > position) && !(options.Window > 0 && at[3] <= position - options.Window);
    }

    private static double[] Scores(double[] q, double[] k, int[] queries, int[] keys, AttentionOptions options, int[]? ranges = null) =>
        At([queries[0], queries[2], queries[1], keys[1]], at =>
        {
            if (!Sees(queries[1], keys[1], options, ranges, at))
            {
                return double.NegativeInfinity;
            }

            double score = options.Scale * Enumerable.Range(0, queries[3]).Sum(i =>
                q[Flat(queries, at[0], at[2], at[1], i)] * k[Flat(keys, at[0], at[3], at[1] * keys[2] / queries[2], i)]);
            return options.SoftCap > 0 ? options.SoftCap * Math.Tanh(score / options.SoftCap) : score;
        });

    private static double[] Patterns(double[] scores, int keys) => Numbers.Rows(scores, keys, (row, to) =>
    {
        if (Array.Exists(row, double.IsFinite))
        {
            Reference.Softmax<double>(row, to); // a query that sees nothing has a pattern of zeros
        }
    });

    private static double[] Mixed(double[] weights, double[] v, int[] pattern, int[] values) =>
        At([pattern[0], pattern[2], pattern[1], values[3]], at => Enumerable.Range(0, pattern[3]).Sum(key =>
            weights[Flat(pattern, at[0], at[2], at[1], key)] * v[Flat(values, at[0], key, at[2] * values[2] / pattern[1], at[3])]));
}
