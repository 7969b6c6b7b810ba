using System.Runtime.CompilerServices;
using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>The k largest positive values of each row of an encoder's product, into codes that have room for k a row.</summary>
internal static unsafe class TopKSelection
{
    /// <param name="arguments">The product.</param>
    /// <param name="cut">How it is cut.</param>
    /// <param name="k">At most as many as there are latents.</param>
    /// <param name="names">Names of the latents, or null where they are their indices.</param>
    /// <param name="codes">Filled.</param>
    /// <param name="work">Memory of the caller's.</param>
    internal static void Run(in EncoderArguments arguments, in EncoderCut cut, int k, int* names, SparseCodes codes, GrowingBuffer work)
    {
        int rows = arguments.Rows;
        if (cut.Splits == 1)
        {
            int* counts = (int*)work.Reserve(Math.Max(1, rows) * sizeof(int));
            TopKOutput direct = new(1, rows, k, codes.ValuesPointer, codes.IndicesPointer, counts, names);
            EncoderKernel<TopKSink>.Run(arguments, cut, new TopKSink(k, direct));
            CloseGaps(codes, counts, rows, k);
            return;
        }

        long places = (long)cut.Splits * rows * k;
        float* values = (float*)work.Reserve(((2 * places) + ((cut.Splits + 1L) * rows)) * sizeof(float));
        int* latents = (int*)(values + places), partial = latents + places, total = partial + ((long)cut.Splits * rows);
        TopKOutput split = new(cut.Splits, rows, k, values, latents, partial, names);
        EncoderKernel<TopKSink>.Run(arguments, cut, new TopKSink(k, split));
        TopKOutput whole = new(1, rows, k, codes.ValuesPointer, codes.IndicesPointer, total, null);
        Dispatch.RunRows(new Merge(split, whole, k), rows, (long)cut.Splits * k, 4);
        CloseGaps(codes, total, rows, k);
    }

    /// <summary>Rows with fewer than k places leave gaps behind them; the offsets are those without gaps.</summary>
    internal static void CloseGaps(SparseCodes codes, int* counts, int rows, int k)
    {
        int* offsets = codes.OffsetsPointer;
        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            int from = row * k, count = counts[row];
            if (from != next)
            {
                new Span<float>(codes.ValuesPointer + from, count).CopyTo(new Span<float>(codes.ValuesPointer + next, count));
                new Span<int>(codes.IndicesPointer + from, count).CopyTo(new Span<int>(codes.IndicesPointer + next, count));
            }

            offsets[row] = next;
            next += count;
        }

        offsets[rows] = next;
    }

    /// <summary>The best of a row's bests: they follow each other in the order of the latents, so that equal values stay in theirs.</summary>
    private readonly struct Merge(TopKOutput split, TopKOutput whole, int k) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            long capacity = (long)split.Splits * k;
            ulong* keys = (ulong*)Scratch.Rent(3, 4 * capacity);
            float* values = (float*)(keys + capacity);
            int* places = (int*)(values + capacity);
            for (int row = (int)start; row < end; row++)
            {
                int length = 0;
                for (int part = 0; part < split.Splits; part++)
                {
                    int count = split.CountOf(part, row);
                    new Span<float>(split.ValuesOf(part, row), count).CopyTo(new Span<float>(values + length, count));
                    new Span<int>(split.LatentsOf(part, row), count).CopyTo(new Span<int>(places + length, count));
                    length += count;
                }

                if (length > k)
                {
                    Candidates.Reduce<TSimd, TVector>(values, places, length, k);
                    length = k;
                }

                Candidates.Sort(values, places, length, keys);
                whole.Write(0, row, values, places, length);
            }
        }
    }
}
