using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Softmax of queries that lie in lanes, down the keys of an array [key][48]: one column of vectors at a time.</summary>
internal static unsafe class LaneSoftmax
{
    private const int Lanes = QueryBlock.Lanes;

    /// <summary>
    /// Replaces scores by cap · tanh(score / cap). If <paramref name="slopes"/> is not null, it gets 1 - tanh², the derivative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Cap<TSimd, TVector>(float* scores, float* slopes, int keys, float cap)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector factor = TSimd.Broadcast(cap), divisor = TSimd.Broadcast(1 / cap), one = TSimd.Broadcast(1f);
        for (nint at = 0; at < (nint)keys * Lanes; at += Lanes)
        {
            TVector tanh = VectorMath<TSimd, TVector>.Tanh(TSimd.Multiply(TSimd.Load(scores + at), divisor));
            TSimd.Store(scores + at, TSimd.Multiply(tanh, factor));
            if (slopes != null)
            {
                TSimd.Store(slopes + at, TSimd.Multiply(TSimd.Subtract(one, tanh), TSimd.Add(one, tanh)));
            }
        }
    }

    /// <summary>The largest score of each lane, or <paramref name="largest"/> if that is larger; NaN are passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Largest<TSimd, TVector>(float* scores, int keys, TVector largest)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector other = largest;
        int key = 0;
        for (; key + 2 <= keys; key += 2)
        {
            largest = TSimd.Max(TSimd.Load(scores), largest);
            other = TSimd.Max(TSimd.Load(scores + Lanes), other);
            scores += 2 * Lanes;
        }

        largest = key < keys ? TSimd.Max(TSimd.Load(scores), largest) : largest;
        return TSimd.Max(largest, other);
    }

    /// <summary>Replaces scores by e^(score - largest) and returns <paramref name="sum"/> plus them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exponentials<TSimd, TVector>(float* scores, int keys, TVector largest, TVector sum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int key = 0; key < keys; key++)
        {
            TVector value = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Load(scores), largest));
            TSimd.Store(scores, value);
            sum = TSimd.Add(value, sum);
            scores += Lanes;
        }

        return sum;
    }

    /// <summary>Zeros in one column of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Clear<TSimd, TVector>(float* weights, int keys)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int key = 0; key < keys; key++)
        {
            TSimd.Store(weights, TSimd.Broadcast(0));
            weights += Lanes;
        }
    }
}
