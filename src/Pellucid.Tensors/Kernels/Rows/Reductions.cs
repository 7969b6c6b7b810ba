using System.Runtime.CompilerServices;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Sums over whole arrays: chunks of fixed length in float, the chunks' sums in double, in order, so that the bits never vary.
/// </summary>
internal static unsafe class Reductions
{
    private const long Chunk = 2048;

    /// <summary>Σ x · y.</summary>
    internal static double Dot(float* x, float* y, long length)
    {
        long chunks = (length + Chunk - 1) / Chunk;
        NativeBuffer buffer = NativeBuffer.Rent(chunks * sizeof(float));
        try
        {
            float* sums = (float*)buffer.Pointer;
            Dispatch.Run(new DotKernel(x, y, sums, length), chunks, 2 * Dispatch.Grain / Chunk);
            double total = 0;
            for (long chunk = 0; chunk < chunks; chunk++)
            {
                total += sums[chunk];
            }

            return total;
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>Σ x².</summary>
    internal static double SumOfSquares(float* x, long length) => Dot(x, x, length);

    /// <summary>Σ x · y in four interleaved sums of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Dot<TSimd, TVector>(float* x, float* y, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector s0 = TSimd.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
        int index = 0;
        for (; index <= length - (4 * TSimd.Width); index += 4 * TSimd.Width)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(x + index), TSimd.Load(y + index), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Load(x + index + TSimd.Width), TSimd.Load(y + index + TSimd.Width), s1);
            s2 = TSimd.MultiplyAdd(TSimd.Load(x + index + (2 * TSimd.Width)), TSimd.Load(y + index + (2 * TSimd.Width)), s2);
            s3 = TSimd.MultiplyAdd(TSimd.Load(x + index + (3 * TSimd.Width)), TSimd.Load(y + index + (3 * TSimd.Width)), s3);
        }

        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(x + index), TSimd.Load(y + index), s0);
        }

        if (index < length)
        {
            s1 = TSimd.MultiplyAdd(TSimd.LoadFirst(x + index, length - index), TSimd.LoadFirst(y + index, length - index), s1);
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
    }

    /// <summary>Σ x, in four interleaved sums of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum<TSimd, TVector>(float* x, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector s0 = TSimd.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
        int index = 0;
        for (; index <= length - (4 * TSimd.Width); index += 4 * TSimd.Width)
        {
            s0 = TSimd.Add(TSimd.Load(x + index), s0);
            s1 = TSimd.Add(TSimd.Load(x + index + TSimd.Width), s1);
            s2 = TSimd.Add(TSimd.Load(x + index + (2 * TSimd.Width)), s2);
            s3 = TSimd.Add(TSimd.Load(x + index + (3 * TSimd.Width)), s3);
        }

        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            s0 = TSimd.Add(TSimd.Load(x + index), s0);
        }

        if (index < length)
        {
            s1 = TSimd.Add(TSimd.LoadFirst(x + index, length - index), s1);
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
    }

    /// <summary>Σ (x - center)², in four interleaved sums of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumOfSquaresAbout<TSimd, TVector>(float* x, float center, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector shift = TSimd.Broadcast(center), s0 = TSimd.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
        int index = 0;
        for (; index <= length - (4 * TSimd.Width); index += 4 * TSimd.Width)
        {
            TVector v0 = TSimd.Subtract(TSimd.Load(x + index), shift);
            TVector v1 = TSimd.Subtract(TSimd.Load(x + index + TSimd.Width), shift);
            TVector v2 = TSimd.Subtract(TSimd.Load(x + index + (2 * TSimd.Width)), shift);
            TVector v3 = TSimd.Subtract(TSimd.Load(x + index + (3 * TSimd.Width)), shift);
            s0 = TSimd.MultiplyAdd(v0, v0, s0);
            s1 = TSimd.MultiplyAdd(v1, v1, s1);
            s2 = TSimd.MultiplyAdd(v2, v2, s2);
            s3 = TSimd.MultiplyAdd(v3, v3, s3);
        }

        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            TVector value = TSimd.Subtract(TSimd.Load(x + index), shift);
            s0 = TSimd.MultiplyAdd(value, value, s0);
        }

        int rest = length - index;
        if (rest > 0)
        {
            TVector value = TSimd.First(TSimd.Subtract(TSimd.LoadFirst(x + index, rest), shift), TSimd.Broadcast(0), rest);
            s1 = TSimd.MultiplyAdd(value, value, s1);
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
    }

    /// <summary>The largest of x; -∞ for none. NaN are passed over, unless there is nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Largest<TSimd, TVector>(float* x, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector lowest = TSimd.Broadcast(float.NegativeInfinity);
        TVector m0 = lowest, m1 = lowest;
        int index = 0;
        for (; index <= length - (2 * TSimd.Width); index += 2 * TSimd.Width)
        {
            m0 = TSimd.Max(TSimd.Load(x + index), m0);
            m1 = TSimd.Max(TSimd.Load(x + index + TSimd.Width), m1);
        }

        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            m0 = TSimd.Max(TSimd.Load(x + index), m0);
        }

        if (index < length)
        {
            m1 = TSimd.Max(TSimd.First(TSimd.LoadFirst(x + index, length - index), lowest, length - index), m1);
        }

        return TSimd.Largest(TSimd.Max(m0, m1));
    }

    private readonly struct DotKernel(float* x, float* y, float* sums, long length) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long chunk = start; chunk < end; chunk++)
            {
                long from = chunk * Chunk;
                sums[chunk] = Dot<TSimd, TVector>(x + from, y + from, (int)Math.Min(Chunk, length - from));
            }
        }
    }
}
