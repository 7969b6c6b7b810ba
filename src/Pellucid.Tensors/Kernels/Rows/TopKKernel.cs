using System.Numerics;
using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The largest elements of each row. Candidates are gathered in a buffer; a bisection over the ordered bits of float, each step of which
/// counts a whole vector at a time, finds the value that separates the best of them from the rest. Later elements must beat it to become
/// candidates.
/// </summary>
internal readonly unsafe struct TopKKernel(float* x, int count, float* values, int* indices, int width) : IRangeKernel
{
    private const int LeastCapacity = 2048;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int capacity = Math.Min(width, Math.Max(LeastCapacity, 2 * count));
        ulong* keys = (ulong*)Scratch.Rent(3, (2L * count) + (2L * capacity));
        float* candidates = (float*)(keys + count);
        int* places = (int*)(candidates + capacity);
        for (long row = start; row < end; row++)
        {
            float* from = x + (row * width);
            Gather<TSimd, TVector>(from, candidates, places, capacity);
            for (int index = 0; index < count; index++)
            {
                keys[index] = ((ulong)~Order(candidates[index]) << 32) | (uint)places[index];
            }

            new Span<ulong>(keys, count).Sort();
            for (int index = 0; index < count; index++)
            {
                int place = (int)(uint)keys[index];
                indices[(row * count) + index] = place;
                values[(row * count) + index] = from[place];
            }
        }
    }

    /// <summary>Leaves the best of a row, in the order of their places, in the first candidates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Gather<TSimd, TVector>(float* from, float* candidates, int* places, int capacity)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int index = 0; index < capacity; index += TSimd.Width)
        {
            int lanes = Math.Min(TSimd.Width, capacity - index);
            TSimd.StoreFirst(candidates + index, Ordered<TSimd, TVector>(TSimd.LoadFirst(from + index, lanes)), lanes);
        }

        float threshold = Reduce<TSimd, TVector>(candidates, places, capacity, ordinal: true);
        int length = count;
        for (int index = capacity; index < width; index += TSimd.Width)
        {
            int lanes = Math.Min(TSimd.Width, width - index);
            TVector loaded = lanes == TSimd.Width ? TSimd.Load(from + index) : TSimd.LoadFirst(from + index, lanes);
            uint mask = TSimd.GreaterMask(loaded, TSimd.Broadcast(threshold)) & (uint)((1UL << lanes) - 1);
            if (mask == 0)
            {
                continue;
            }

            if (length + TSimd.Width > capacity)
            {
                threshold = Reduce<TSimd, TVector>(candidates, places, length, ordinal: false);
                length = count;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                int place = index + BitOperations.TrailingZeroCount(mask);
                candidates[length] = from[place];
                places[length++] = place;
            }
        }

        if (length > count)
        {
            Reduce<TSimd, TVector>(candidates, places, length, ordinal: false);
        }
    }

    /// <summary>
    /// Keeps the best of the first <paramref name="length"/> candidates in their order and returns a value that everything better than them
    /// exceeds. <paramref name="ordinal"/> says that a candidate's place is its index and is yet to be written.
    /// </summary>
    private float Reduce<TSimd, TVector>(float* candidates, int* places, int length, bool ordinal)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        uint low = Order(float.NegativeInfinity);
        uint high = Order(Reductions.Largest<TSimd, TVector>(candidates, length));
        int ties = count;
        while (low < high)
        {
            uint middle = low + ((high - low) / 2);
            int above = CountAbove<TSimd, TVector>(candidates, length, Value(middle));
            if (above < count)
            {
                high = middle;
                ties = count - above;
            }
            else
            {
                low = middle + 1;
            }

            if (above == count)
            {
                high = low = middle;
                ties = 0;
            }
        }

        float threshold = Value(high);
        int kept = 0;
        for (int index = 0; kept < count; index++)
        {
            float value = candidates[index];
            if (value > threshold || (value == threshold && ties-- > 0))
            {
                candidates[kept] = value;
                places[kept++] = ordinal ? index : places[index];
            }
        }

        return threshold;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountAbove<TSimd, TVector>(float* candidates, int length, float threshold)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector bound = TSimd.Broadcast(threshold);
        int above = 0;
        int index = 0;
        for (; index <= length - TSimd.Width; index += TSimd.Width)
        {
            above += BitOperations.PopCount(TSimd.GreaterMask(TSimd.Load(candidates + index), bound));
        }

        for (; index < length; index++)
        {
            above += candidates[index] > threshold ? 1 : 0;
        }

        return above;
    }

    /// <summary>NaN becomes -∞ and -0 becomes 0, so that the order of the bits is that of the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Ordered<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector lowest = TSimd.Broadcast(float.NegativeInfinity);
        return TSimd.Add(TSimd.SelectGreater(value, lowest, value, lowest), TSimd.Broadcast(0));
    }

    /// <summary>An unsigned number that grows with the value.</summary>
    private static uint Order(float value)
    {
        // -0 counts as 0.
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }

    private static float Value(uint order) =>
        BitConverter.UInt32BitsToSingle((order & 0x80000000) != 0 ? order & 0x7FFFFFFF : ~order);
}
