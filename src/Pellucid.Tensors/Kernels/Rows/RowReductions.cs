using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Sums along and across the rows of x [rows, width].</summary>
internal static unsafe class RowReductions
{
    /// <summary>sums [rows] = Σ x of each row · factor.</summary>
    internal static void Sums(float* x, float* sums, long rows, int width, float factor = 1) =>
        Dispatch.RunRows(new SumsKernel(x, sums, width, factor), rows, width);

    /// <summary>dots [rows] = Σ x · y of each row · factor.</summary>
    internal static void Dots(float* x, float* y, float* dots, long rows, int width, float factor = 1) =>
        Dispatch.RunRows(new DotsKernel(x, y, dots, width, factor), rows, width);

    /// <summary>
    /// dots [rows] = -Σ dy · y / divisor of each row: the gradient of the divisors [rows] of y [rows, width] = x / divisor.
    /// </summary>
    internal static void DivisorGradient(float* dy, float* y, float* divisors, float* dDivisors, long rows, int width)
    {
        Dots(dy, y, dDivisors, rows, width, -1);
        Elementwise.Divide(dDivisors, divisors, dDivisors, rows);
    }

    /// <summary>sums [width] = (sums or 0) + Σ x over rows: the gradient of a vector that was added to every row.</summary>
    internal static void ColumnSums(float* x, float* sums, long rows, int width, bool accumulate = false) =>
        Columns<FirstOperation>(x, x, sums, rows, width, accumulate);

    /// <summary>dots [width] = (dots or 0) + Σ x · y over rows: the gradient of a vector that every row was multiplied by.</summary>
    internal static void ColumnDots(float* x, float* y, float* dots, long rows, int width, bool accumulate = false) =>
        Columns<MultiplyOperation>(x, y, dots, rows, width, accumulate);

    private static void Columns<TOperation>(float* x, float* y, float* sums, long rows, int width, bool accumulate)
        where TOperation : struct, IBinaryOperation
    {
        RowChunks chunks = RowChunks.Rent(rows, width);
        try
        {
            Dispatch.Run(new ColumnsKernel<TOperation>(x, y, width, chunks), chunks.Count, 1);
            chunks.Total(0, width, sums, accumulate);
        }
        finally
        {
            chunks.Release();
        }
    }

    /// <summary>x alone.</summary>
    private readonly struct FirstOperation : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            x;
    }

    private readonly struct SumsKernel(float* x, float* sums, int width, float factor) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                sums[row] = Reductions.Sum<TSimd, TVector>(x + (row * width), width) * factor;
            }
        }
    }

    private readonly struct DotsKernel(float* x, float* y, float* dots, int width, float factor) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                dots[row] = Reductions.Dot<TSimd, TVector>(x + (row * width), y + (row * width), width) * factor;
            }
        }
    }

    /// <summary>The sums of chunks of rows, four rows at a time so that a sum is read and written once for four.</summary>
    private readonly struct ColumnsKernel<TOperation>(float* x, float* y, int width, RowChunks chunks) : IRangeKernel
        where TOperation : struct, IBinaryOperation
    {
        private const int Rows = 4;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long chunk = start; chunk < end; chunk++)
            {
                float* sums = chunks.Sums(chunk);
                new Span<float>(sums, width).Clear();
                long row = chunks.First(chunk), last = chunks.End(chunk);
                for (; row <= last - Rows; row += Rows)
                {
                    Four<TSimd, TVector>(x + (row * width), y + (row * width), sums);
                }

                for (; row < last; row++)
                {
                    One<TSimd, TVector>(x + (row * width), y + (row * width), sums);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Four<TSimd, TVector>(float* left, float* right, float* sums)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int index = 0;
            for (; index <= width - TSimd.Width; index += TSimd.Width)
            {
                TVector even = TSimd.Add(
                    default(TOperation).Apply<TSimd, TVector>(TSimd.Load(left + index), TSimd.Load(right + index)),
                    default(TOperation).Apply<TSimd, TVector>(
                        TSimd.Load(left + width + index), TSimd.Load(right + width + index)));
                float* third = left + (2L * width) + index, thirdRight = right + (2L * width) + index;
                TVector odd = TSimd.Add(
                    default(TOperation).Apply<TSimd, TVector>(TSimd.Load(third), TSimd.Load(thirdRight)),
                    default(TOperation).Apply<TSimd, TVector>(TSimd.Load(third + width), TSimd.Load(thirdRight + width)));
                TSimd.Store(sums + index, TSimd.Add(TSimd.Load(sums + index), TSimd.Add(even, odd)));
            }

            for (; index < width; index++)
            {
                float total = 0;
                for (int row = 0; row < Rows; row++)
                {
                    nint at = ((nint)row * width) + index;
                    total += Single<TSimd, TVector>(left + at, right + at);
                }

                sums[index] += total;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void One<TSimd, TVector>(float* left, float* right, float* sums)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int index = 0;
            for (; index <= width - TSimd.Width; index += TSimd.Width)
            {
                TVector value = default(TOperation).Apply<TSimd, TVector>(TSimd.Load(left + index), TSimd.Load(right + index));
                TSimd.Store(sums + index, TSimd.Add(TSimd.Load(sums + index), value));
            }

            for (; index < width; index++)
            {
                sums[index] += Single<TSimd, TVector>(left + index, right + index);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Single<TSimd, TVector>(float* left, float* right)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.Sum(default(TOperation).Apply<TSimd, TVector>(TSimd.LoadFirst(left, 1), TSimd.LoadFirst(right, 1)));
    }
}
