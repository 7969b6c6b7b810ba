using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Softmax and what is made of it, over rows of x [rows, width]; results may be written over x. A row whose largest value is -∞ or +∞, or
/// that holds a NaN, becomes NaN, as in PyTorch; an element of -∞ beside finite ones becomes exactly 0.
/// </summary>
internal static unsafe partial class Softmax
{
    private const int Cost = 6;

    /// <summary>e^(x - max) / Σ e^(x - max).</summary>
    internal static void Rows(float* x, float* y, long rows, int width) =>
        Dispatch.RunRows(new RowsKernel(x, y, width), rows, width, Cost);

    /// <summary>x - max - log Σ e^(x - max).</summary>
    internal static void LogRows(float* x, float* y, long rows, int width) =>
        Dispatch.RunRows(new LogKernel(x, y, width), rows, width, Cost);

    /// <summary>
    /// Softmax of scores [batch, head, query, key] over the keys that a query sees; every other key gets exactly 0, whatever its score, as do
    /// all keys of a query that sees none.
    /// </summary>
    internal static void Seen(float* x, float* y, long rows, in SeenKeys seen) =>
        Dispatch.RunRows(new SeenKernel(x, y, seen), rows, seen.Keys, Cost);

    /// <summary>
    /// losses [rows] = -log softmax(x)[target], in nats. A negative target is not predicted and costs 0.
    /// </summary>
    internal static void CrossEntropy(float* x, int* targets, float* losses, long rows, int width) =>
        Dispatch.RunRows(new CrossEntropyKernel(x, targets, losses, width), rows, width, Cost);

    /// <summary>One row, without the division: writes e^(x - max) and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Exponentials<TSimd, TVector>(float* x, float* y, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector largest = TSimd.Broadcast(Reductions.Largest<TSimd, TVector>(x, width));
        TVector sum = TSimd.Broadcast(0);
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            TVector value = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Load(x + index), largest));
            TSimd.Store(y + index, value);
            sum = TSimd.Add(value, sum);
        }

        int rest = width - index;
        if (rest > 0)
        {
            TVector value = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.LoadFirst(x + index, rest), largest));
            TSimd.StoreFirst(y + index, value, rest);
            sum = TSimd.Add(TSimd.First(value, TSimd.Broadcast(0), rest), sum);
        }

        return TSimd.Sum(sum);
    }

    /// <summary>log Σ e^(x - largest) of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LogSum<TSimd, TVector>(float* x, int width, out float largest)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        largest = Reductions.Largest<TSimd, TVector>(x, width);
        TVector shift = TSimd.Broadcast(largest);
        TVector sum = TSimd.Broadcast(0);
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            sum = TSimd.Add(VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Load(x + index), shift)), sum);
        }

        int rest = width - index;
        if (rest > 0)
        {
            TVector value = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.LoadFirst(x + index, rest), shift));
            sum = TSimd.Add(TSimd.First(value, TSimd.Broadcast(0), rest), sum);
        }

        // In double, so that the result is the same on every C library.
        return (float)Math.Log(TSimd.Sum(sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TSimd, TVector>(float* x, float* y, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float sum = Exponentials<TSimd, TVector>(x, y, width);
        TVector factor = TSimd.Broadcast(1 / sum);
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            TSimd.Store(y + index, TSimd.Multiply(TSimd.Load(y + index), factor));
        }

        int rest = width - index;
        if (rest > 0)
        {
            TSimd.StoreFirst(y + index, TSimd.Multiply(TSimd.LoadFirst(y + index, rest), factor), rest);
        }
    }

    private readonly struct RowsKernel(float* x, float* y, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                Row<TSimd, TVector>(x + (row * width), y + (row * width), width);
            }
        }
    }

    private readonly struct SeenKernel(float* x, float* y, SeenKeys seen) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int keys = seen.Keys;
            for (long row = start; row < end; row++)
            {
                float* to = y + (row * keys);
                (int first, int last) = seen.Of(row);
                if (first < last)
                {
                    Row<TSimd, TVector>(x + (row * keys) + first, to + first, last - first);
                }

                new Span<float>(to, first).Clear();
                new Span<float>(to + last, keys - last).Clear();
            }
        }
    }

    private readonly struct LogKernel(float* x, float* y, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float logSum = LogSum<TSimd, TVector>(from, width, out float largest);
                AddScalarOperation shift = new(-(largest + logSum));
                new UnaryKernel<AddScalarOperation>(shift, from, y + (row * width)).Run<TSimd, TVector>(0, width);
            }
        }
    }

    private readonly struct CrossEntropyKernel(float* x, int* targets, float* losses, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                int target = targets[row];
                losses[row] = target < 0 ? 0 : LogSum<TSimd, TVector>(from, width, out float largest) + (largest - from[target]);
            }
        }
    }
}
