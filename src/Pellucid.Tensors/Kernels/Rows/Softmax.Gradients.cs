using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>The gradients, row by row; dx may be any operand of its shape.</summary>
internal static unsafe partial class Softmax
{
    /// <summary>dx = y · (dy - Σ dy · y), for y = softmax(x).</summary>
    internal static void RowsGradient(float* y, float* dy, float* dx, long rows, int width) =>
        Dispatch.RunRows(new RowsGradientKernel(y, dy, dx, width), rows, width, 2);

    /// <summary>The same for <see cref="Seen"/>: dx of keys that a query does not see is exactly 0, whatever dy is there.</summary>
    internal static void SeenGradient(float* y, float* dy, float* dx, long rows, in SeenKeys seen) =>
        Dispatch.RunRows(new SeenGradientKernel(y, dy, dx, seen), rows, seen.Keys, 2);

    /// <summary>dx = dy - e^y · Σ dy, for y = log softmax(x).</summary>
    internal static void LogRowsGradient(float* y, float* dy, float* dx, long rows, int width) =>
        Dispatch.RunRows(new LogGradientKernel(y, dy, dx, width), rows, width, Cost);

    /// <summary>
    /// dx = (softmax(x) - one-hot(target)) · dLoss of the row, for the losses of <see cref="CrossEntropy"/>; 0 in rows whose target is
    /// negative. Probabilities are made anew from the logits x, so that no array of them is kept; dx may be x.
    /// </summary>
    internal static void CrossEntropyGradient(float* x, int* targets, float* dLosses, float* dx, long rows, int width) =>
        Dispatch.RunRows(new CrossEntropyGradientKernel(x, targets, dLosses, dx, width), rows, width, Cost);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowGradient<TSimd, TVector>(float* y, float* dy, float* dx, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector mean = TSimd.Broadcast(Reductions.Dot<TSimd, TVector>(y, dy, width));
        int index = 0;
        for (; index <= width - TSimd.Width; index += TSimd.Width)
        {
            TSimd.Store(dx + index, TSimd.Multiply(TSimd.Load(y + index), TSimd.Subtract(TSimd.Load(dy + index), mean)));
        }

        int rest = width - index;
        if (rest > 0)
        {
            TVector value = TSimd.Multiply(TSimd.LoadFirst(y + index, rest), TSimd.Subtract(TSimd.LoadFirst(dy + index, rest), mean));
            TSimd.StoreFirst(dx + index, value, rest);
        }
    }

    private readonly struct RowsGradientKernel(float* y, float* dy, float* dx, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                long at = row * width;
                RowGradient<TSimd, TVector>(y + at, dy + at, dx + at, width);
            }
        }
    }

    private readonly struct SeenGradientKernel(float* y, float* dy, float* dx, SeenKeys seen) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int keys = seen.Keys;
            for (long row = start; row < end; row++)
            {
                long at = row * keys;
                (int first, int last) = seen.Of(row);
                RowGradient<TSimd, TVector>(y + at + first, dy + at + first, dx + at + first, last - first);
                new Span<float>(dx + at, first).Clear();
                new Span<float>(dx + at + last, keys - last).Clear();
            }
        }
    }

    private readonly struct LogGradientKernel(float* y, float* dy, float* dx, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                long at = row * width;
                LogGradient total = new(Reductions.Sum<TSimd, TVector>(dy + at, width));
                BinaryKernel<LogGradient>.Line<TSimd, TVector>(total, y + at, dy + at, dx + at, width);
            }
        }
    }

    private readonly struct CrossEntropyGradientKernel(float* x, int* targets, float* dLosses, float* dx, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* to = dx + (row * width);
                int target = targets[row];
                if (target < 0)
                {
                    new Span<float>(to, width).Clear();
                    continue;
                }

                ScaleOperation scale = new(dLosses[row] / Exponentials<TSimd, TVector>(x + (row * width), to, width));
                new UnaryKernel<ScaleOperation>(scale, to, to).Run<TSimd, TVector>(0, width);
                to[target] -= dLosses[row];
            }
        }
    }

    /// <summary>Of (y, dy): dy - e^y · total.</summary>
    private readonly struct LogGradient(float total) : IBinaryOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TSimd, TVector>(TVector x, TVector y)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            TSimd.MultiplyAdd(VectorMath<TSimd, TVector>.Exp(x), TSimd.Broadcast(-total), y);
    }
}
