using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The largest elements of each row of x [rows, width]. Among equals the lower index comes first; NaN counts as -∞.</summary>
internal static unsafe class Selection
{
    /// <summary>values and indices [rows, count]: the <paramref name="count"/> largest, largest first; count is at most width.</summary>
    internal static void TopK(float* x, int count, float* values, int* indices, long rows, int width) =>
        Dispatch.RunRows(new TopKKernel(x, count, values, indices, width), count > 0 ? rows : 0, width, 2);

    /// <summary>indices [rows]: the first of the largest; 0 where a row holds nothing but NaN.</summary>
    internal static void ArgMax(float* x, int* indices, long rows, int width) =>
        Dispatch.RunRows(new ArgMaxKernel(x, indices, width), rows, width, 2);

    private static float Ordered(float value) => float.IsNaN(value) ? float.NegativeInfinity : value;

    private readonly struct ArgMaxKernel(float* x, int* indices, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float largest = Reductions.Largest<TSimd, TVector>(from, width);
                indices[row] = Math.Max(0, new ReadOnlySpan<float>(from, width).IndexOf(largest));
            }
        }
    }

    /// <summary>Keeps a heap of the best so far, its worst on top; a vector of elements is looked at only where one of them beats the worst.</summary>
    private readonly struct TopKKernel(float* x, int count, float* values, int* indices, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float* best = values + (row * count);
                int* places = indices + (row * count);
                for (int index = 0; index < count; index++)
                {
                    best[index] = Ordered(from[index]);
                    places[index] = index;
                }

                for (int index = (count / 2) - 1; index >= 0; index--)
                {
                    SiftDown(best, places, index, count);
                }

                Scan<TSimd, TVector>(from, best, places);
                Sort(from, best, places);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Scan<TSimd, TVector>(float* from, float* best, int* places)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int index = count;
            TVector worst = TSimd.Broadcast(*best);
            for (; index <= width - TSimd.Width; index += TSimd.Width)
            {
                if (TSimd.GreaterMask(TSimd.Load(from + index), worst) != 0)
                {
                    for (int lane = index; lane < index + TSimd.Width; lane++)
                    {
                        Offer(from[lane], lane, best, places);
                    }

                    worst = TSimd.Broadcast(*best);
                }
            }

            for (; index < width; index++)
            {
                Offer(from[index], index, best, places);
            }
        }

        private void Offer(float value, int index, float* best, int* places)
        {
            // Indices rise, so an equal of the worst comes too late.
            if (value > *best)
            {
                *best = value;
                *places = index;
                SiftDown(best, places, 0, count);
            }
        }

        private void Sort(float* from, float* best, int* places)
        {
            for (int last = count - 1; last > 0; last--)
            {
                (best[0], best[last]) = (best[last], best[0]);
                (places[0], places[last]) = (places[last], places[0]);
                SiftDown(best, places, 0, last);
            }

            for (int index = 0; index < count; index++)
            {
                best[index] = from[places[index]];
            }
        }

        private static bool IsWorse(float value, int index, float otherValue, int otherIndex) =>
            value < otherValue || (value == otherValue && index > otherIndex);

        private static void SiftDown(float* best, int* places, int index, int length)
        {
            float value = best[index];
            int place = places[index];
            while (true)
            {
                int child = (2 * index) + 1;
                if (child >= length)
                {
                    break;
                }

                if (child + 1 < length && IsWorse(best[child + 1], places[child + 1], best[child], places[child]))
                {
                    child++;
                }

                if (!IsWorse(best[child], places[child], value, place))
                {
                    break;
                }

                best[index] = best[child];
                places[index] = places[child];
                index = child;
            }

            best[index] = value;
            places[index] = place;
        }
    }
}
