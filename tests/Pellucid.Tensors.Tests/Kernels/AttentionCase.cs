using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

/// <summary>Random operands for one case of attention, and its checks against the reference.</summary>
internal sealed unsafe class AttentionCase
{
    private readonly AttentionArguments _arguments;
    private readonly Guarded _q;
    private readonly Guarded _k;
    private readonly Guarded _v;
    private readonly Guarded _z;
    private readonly Guarded _dz;

    internal AttentionCase(AttentionArguments arguments, int seed)
    {
        _q = Guarded.Random(arguments.Batch * arguments.Queries * arguments.Heads * arguments.Size, seed, 3);
        _k = Guarded.Random(arguments.Batch * arguments.Keys * arguments.KeyHeads * arguments.Size, seed + 1);
        _v = Guarded.Random(_k.Length, seed + 2);
        _z = new Guarded(_q.Length);
        _dz = Guarded.Random(_q.Length, seed + 3);
        _arguments = arguments with { Q = _q.Pointer, K = _k.Pointer, V = _v.Pointer, Z = _z.Pointer };
    }

    internal Guarded CheckForward()
    {
        AttentionKernel.Run(_arguments);
        double[] q = _q.Doubles, k = _k.Doubles, v = _v.Doubles, expected = new double[_z.Length];
        ForEach((vector, at, stride, first, seen) => Reference.Attend<double>(
            Of(q, vector), k.AsSpan(at), v.AsSpan(at), stride, first, seen, _arguments.Scale, _arguments.SoftCap, Of(expected, vector)));

        // Scores of size up to 3·sqrt(d) carry some 1e-6 of rounding, which the exponential makes relative; values are below 1.
        _z.AssertClose(expected, 0, 4e-6);
        return _z;
    }

    /// <summary>dq, dk and dv, one after the other.</summary>
    internal float[] CheckGradient()
    {
        AttentionKernel.Run(_arguments);
        Guarded dq = new(_q.Length), dk = new(_k.Length), dv = new(_v.Length);
        AttentionKernel.Gradient(_arguments, _dz.Pointer, dq.Pointer, dk.Pointer, dv.Pointer);
        double[] q = _q.Doubles, k = _k.Doubles, v = _v.Doubles, dz = _dz.Doubles;
        double[] dQuery = new double[q.Length], dKeys = new double[k.Length], dValues = new double[v.Length];
        ForEach((vector, at, stride, first, seen) => Reference.AttendGradient<double>(
            Of(q, vector), k.AsSpan(at), v.AsSpan(at), stride, first, seen, _arguments.Scale, _arguments.SoftCap, Of(dz, vector),
            Of(dQuery, vector), dKeys.AsSpan(at), dValues.AsSpan(at)));

        // As above, times dz · v, which is up to sqrt(d) and more; keys gather that from every query, of values up to 3.
        double root = Math.Sqrt(_arguments.Size), many = Math.Sqrt(_arguments.Queries * (_arguments.Heads / _arguments.KeyHeads));
        dq.AssertClose(dQuery, 4e-6, 4e-6 * root);
        dk.AssertClose(dKeys, 4e-6, 4e-6 * root * many);
        dv.AssertClose(dValues, 4e-6, 4e-6 * many);
        return [.. dq.Span, .. dk.Span, .. dv.Span];
    }

    /// <summary>Every sequence of a batch in which each sees only its own range of keys, against the same alone, to the bit.</summary>
    internal void CheckRanges(int[] ranges)
    {
        Guarded dq = new(_q.Length), dk = new(_k.Length), dv = new(_v.Length);
        foreach (Guarded made in (Guarded[])[_z, dq, dk, dv])
        {
            made.Span.Fill(float.NaN); // everything has to be written
        }

        fixed (int* range = ranges)
        {
            AttentionKernel.Run(_arguments, range);
            AttentionKernel.Gradient(_arguments, range, _dz.Pointer, dq.Pointer, dk.Pointer, dv.Pointer);
        }

        Guarded z = new(_q.Length), aloneQ = new(_q.Length), aloneK = new(_k.Length), aloneV = new(_v.Length);
        foreach (Guarded unseen in (Guarded[])[z, aloneQ, aloneK, aloneV])
        {
            unseen.Span.Clear();
        }

        for (int item = 0; item < _arguments.Batch; item++)
        {
            // What the queries see is that of the whole, cut to the range: those with any key left are neighbours.
            (int firstKey, int endKey) = (ranges[2 * item], ranges[(2 * item) + 1]);
            int[] queries = [.. Enumerable.Range(0, _arguments.Queries).Where(query =>
                Math.Max(firstKey, _arguments.First(query)) < Math.Min(endKey, _arguments.Seen(query)))];
            if (queries.Length == 0)
            {
                continue;
            }

            AttentionArguments alone = _arguments with
            {
                Batch = 1,
                Queries = queries.Length,
                Keys = endKey - firstKey,
                QueryOffset = _arguments.QueryOffset + queries[0] - firstKey,
                Q = _q.Pointer + _arguments.StridesQ.Offset(item, queries[0], 0),
                K = _k.Pointer + _arguments.StridesK.Offset(item, firstKey, 0),
                V = _v.Pointer + _arguments.StridesV.Offset(item, firstKey, 0),
                Z = z.Pointer + _arguments.StridesZ.Offset(item, queries[0], 0),
            };
            nint q = _arguments.StridesQ.Offset(item, queries[0], 0), k = _arguments.StridesK.Offset(item, firstKey, 0);
            AttentionKernel.Run(alone);
            AttentionKernel.Gradient(alone, _dz.Pointer + q, aloneQ.Pointer + q, aloneK.Pointer + k, aloneV.Pointer + k);
        }

        Assert.Equal(z.Span.ToArray(), _z.Span.ToArray());
        Assert.Equal(aloneQ.Span.ToArray(), dq.Span.ToArray());
        Assert.Equal(aloneK.Span.ToArray(), dk.Span.ToArray());
        Assert.Equal(aloneV.Span.ToArray(), dv.Span.ToArray());
    }

    private Span<double> Of(double[] values, int vector) => values.AsSpan(vector * _arguments.Size, _arguments.Size);

    /// <summary>Every query of every head: its vector, where its keys begin and how far they are apart, and which of them it sees.</summary>
    private void ForEach(Action<int, int, int, int, int> action)
    {
        (int heads, int queries, int keyHeads, int keys) = (_arguments.Heads, _arguments.Queries, _arguments.KeyHeads, _arguments.Keys);
        for (int vector = 0; vector < _arguments.Batch * queries * heads; vector++)
        {
            int head = vector % heads, position = _arguments.QueryOffset + (vector / heads % queries), item = vector / heads / queries;
            int at = ((item * keys * keyHeads) + (head / (heads / keyHeads))) * _arguments.Size;
            int first = _arguments.Window > 0 ? Math.Max(0, position - _arguments.Window + 1) : 0;
            action(vector, at, keyHeads * _arguments.Size, first, _arguments.Causal ? Math.Min(keys, position + 1) : keys);
        }
    }
}
