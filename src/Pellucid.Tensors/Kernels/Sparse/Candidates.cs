using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Lists of positive values with their places, from which the largest are chosen. Positive floats are ordered as their bits are, so that a
/// bisection over bits, each step of which counts a vector at a time, finds the value that separates the best from the rest.
/// </summary>
internal static unsafe class Candidates
{
    /// <summary>
    /// Keeps the <paramref name="count"/> largest of more than that many candidates, in their order; of equal ones the earlier. Returns a
    /// value that every later candidate must exceed to be among them.
    /// </summary>
    internal static float Reduce<TSimd, TVector>(float* values, int* places, int length, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        (float threshold, int ties) = Threshold<TSimd, TVector>(values, length, count);
        int kept = 0;
        for (int index = 0; kept < count; index++)
        {
            float value = values[index];
            if (value > threshold || (value == threshold && ties-- > 0))
            {
                values[kept] = value;
                places[kept++] = places[index];
            }
        }

        return threshold;
    }

    /// <summary>
    /// The value of which fewer than <paramref name="count"/> candidates are larger, and how many equal to it belong to the largest; or a
    /// value that exactly that many exceed, and 0.
    /// </summary>
    internal static (float Threshold, int Ties) Threshold<TSimd, TVector>(float* values, long length, long count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        uint low = 0, high = BitConverter.SingleToUInt32Bits(Largest<TSimd, TVector>(values, length));
        long ties = count;
        while (low < high)
        {
            uint middle = low + ((high - low) / 2);
            long above = CountAbove<TSimd, TVector>(values, length, BitConverter.UInt32BitsToSingle(middle));
            if (above == count)
            {
                return (BitConverter.UInt32BitsToSingle(middle), 0);
            }

            if (above < count)
            {
                high = middle;
                ties = count - above;
            }
            else
            {
                low = middle + 1;
            }
        }

        return (BitConverter.UInt32BitsToSingle(high), (int)Math.Min(ties, int.MaxValue));
    }

    /// <summary>Largest first; of equal values the lower place. <paramref name="keys"/> has room for as many.</summary>
    internal static void Sort(float* values, int* places, int length, ulong* keys)
    {
        for (int index = 0; index < length; index++)
        {
            keys[index] = ((ulong)~BitConverter.SingleToUInt32Bits(values[index]) << 32) | (uint)places[index];
        }

        new Span<ulong>(keys, length).Sort();
        for (int index = 0; index < length; index++)
        {
            values[index] = BitConverter.UInt32BitsToSingle(~(uint)(keys[index] >> 32));
            places[index] = (int)(uint)keys[index];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest<TSimd, TVector>(float* values, long length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector largest = TSimd.Broadcast(0);
        long index = 0;
        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            largest = TSimd.Max(TSimd.Load(values + index), largest);
        }

        float result = TSimd.Largest(largest);
        for (; index < length; index++)
        {
            result = Math.Max(result, values[index]);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long CountAbove<TSimd, TVector>(float* values, long length, float threshold)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector bound = TSimd.Broadcast(threshold);
        long above = 0, index = 0;
        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            above += BitOperations.PopCount(TSimd.GreaterMask(TSimd.Load(values + index), bound));
        }

        for (; index < length; index++)
        {
            above += values[index] > threshold ? 1 : 0;
        }

        return above;
    }
}
