using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Attention of single queries, as in decoding: keys and values are read once, where they are.</summary>
internal readonly unsafe struct AttentionRows(AttentionArguments arguments) : IRangeKernel
{
    private readonly AttentionArguments _arguments = arguments;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // A head that fills half a vector at most is quicker with shorter ones.
        if (TSimd.Width == 16 && _arguments.Size <= 8)
        {
            Run<Avx2Simd, Vector256<float>>(start, end);
            return;
        }

        float* scores = Scratch.Rent(1, _arguments.Keys);
        int group = _arguments.Heads / _arguments.KeyHeads;
        int size = _arguments.Size;
        for (long item = start; item < end; item++)
        {
            long head = item % _arguments.Heads;
            int query = (int)(item / _arguments.Heads % _arguments.Queries);
            long batch = item / _arguments.Heads / _arguments.Queries;
            int first = _arguments.First(query), seen = _arguments.Seen(query) - first;
            float* q = _arguments.Q + _arguments.StridesQ.Offset(batch, query, head);
            float* k = _arguments.K + _arguments.StridesK.Offset(batch, first, head / group);
            float* v = _arguments.V + _arguments.StridesV.Offset(batch, first, head / group);
            Score<TSimd, TVector>(q, k, seen, scores);
            if (_arguments.SoftCap != 0)
            {
                new UnaryKernel<SoftCapOperation>(new(_arguments.SoftCap), scores, scores).Run<TSimd, TVector>(0, seen);
            }

            float sum = Softmax.Exponentials<TSimd, TVector>(scores, scores, seen);
            float* z = _arguments.Z + _arguments.StridesZ.Offset(batch, query, head);
            for (int index = 0; index < size; index += TSimd.Width)
            {
                int count = Math.Min(TSimd.Width, size - index);
                TVector value = count == TSimd.Width
                    ? Mix<TSimd, TVector>(scores, v + index, seen)
                    : MixFirst<TSimd, TVector>(scores, v + index, seen, count);
                TSimd.StoreFirst(z + index, TSimd.Multiply(value, TSimd.Broadcast(1 / sum)), count);
            }
        }
    }

    /// <summary>The scaled product of a query with every key that it sees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Score<TSimd, TVector>(float* q, float* k, int keys, float* scores)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int size = _arguments.Size;
        nint stride = _arguments.StridesK.Position;
        float scale = _arguments.Scale;
        if (size == TSimd.Width)
        {
            TVector whole = TSimd.Multiply(TSimd.Load(q), TSimd.Broadcast(scale));
            for (int key = 0; key < keys; key++)
            {
                scores[key] = TSimd.Sum(TSimd.Multiply(whole, TSimd.Load(k)));
                k += stride;
            }

            return;
        }

        for (int key = 0; key < keys; key++)
        {
            scores[key] = Reductions.Dot<TSimd, TVector>(q, k, size) * scale;
            k += stride;
        }
    }

    /// <summary>Σ weight · value over keys, for one vector of columns, in four interleaved sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Mix<TSimd, TVector>(float* weights, float* values, int keys)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint stride = _arguments.StridesV.Position;
        TVector s0 = TSimd.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
        int key = 0;
        for (; key + 4 <= keys; key += 4)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key]), TSimd.Load(values), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key + 1]), TSimd.Load(values + stride), s1);
            s2 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key + 2]), TSimd.Load(values + (2 * stride)), s2);
            s3 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key + 3]), TSimd.Load(values + (3 * stride)), s3);
            values += 4 * stride;
        }

        for (; key < keys; key++)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key]), TSimd.Load(values), s0);
            values += stride;
        }

        return TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector MixFirst<TSimd, TVector>(float* weights, float* values, int keys, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint stride = _arguments.StridesV.Position;
        TVector s0 = TSimd.Broadcast(0), s1 = s0;
        int key = 0;
        for (; key + 2 <= keys; key += 2)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key]), TSimd.LoadFirst(values, count), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key + 1]), TSimd.LoadFirst(values + stride, count), s1);
            values += 2 * stride;
        }

        if (key < keys)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[key]), TSimd.LoadFirst(values, count), s0);
        }

        return TSimd.Add(s0, s1);
    }
}
