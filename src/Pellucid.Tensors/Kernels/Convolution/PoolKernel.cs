using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Maximum or mean of the windows of images [batch, row, column, channel], channels side by side. An item is a row of windows. A NaN in a
/// window makes its mean NaN; its maximum is NaN or passes over it.
/// </summary>
internal readonly unsafe struct PoolKernel(PoolShape shape, float* x, float* y, bool maximum, bool countPadding) : IRangeKernel
{
    internal static void Max(in PoolShape shape, float* x, float* y) => Run(new(shape, x, y, true, false), shape);

    internal static void Average(in PoolShape shape, bool countPadding, float* x, float* y) => Run(new(shape, x, y, false, countPadding), shape);

    private static void Run(in PoolKernel kernel, in PoolShape shape) =>
        Dispatch.RunRows(
            kernel,
            shape.OutWidth == 0 ? 0 : (long)shape.Batch * shape.OutHeight,
            (long)shape.OutWidth * shape.Channels,
            Math.Clamp(shape.Rows.Taps * shape.Columns.Taps / 2, 1, 1024));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            (long batch, long row) = Math.DivRem(item, shape.OutHeight);
            (int top, int bottom) = shape.Rows.Inside((int)row, shape.Height);
            long firstLine = (batch * shape.Height) + (row * shape.Rows.Step) + shape.Rows.First + top;
            for (int column = 0; column < shape.OutWidth; column++)
            {
                (int left, int right) = shape.Columns.Inside(column, shape.Width);
                nint at = ((nint)firstLine * shape.Width) + ((nint)column * shape.Columns.Step) + shape.Columns.First + left;
                float* target = y + ((((nint)item * shape.OutWidth) + column) * shape.Channels);
                float factor = maximum ? 1 : 1f / shape.Divisor((int)row, column, countPadding);
                Window<TSimd, TVector>(x + (at * shape.Channels), bottom - top, right - left, factor, target);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Window<TSimd, TVector>(float* first, int rows, int columns, float factor, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint line = (nint)shape.Width * shape.Channels;
        for (int channel = 0; channel < shape.Channels; channel += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, shape.Channels - channel);
            TVector result = TSimd.Broadcast(maximum ? float.NegativeInfinity : 0);
            for (int row = 0; row < rows; row++)
            {
                float* from = first + (row * line) + channel;
                for (int column = 0; column < columns; column++)
                {
                    TVector value = count == TSimd.Width ? TSimd.Load(from) : TSimd.LoadFirst(from, count);
                    result = maximum ? TSimd.Max(result, value) : TSimd.Add(result, value);
                    from += shape.Channels;
                }
            }

            result = maximum ? result : TSimd.Multiply(result, TSimd.Broadcast(factor));
            if (count == TSimd.Width)
            {
                TSimd.Store(target + channel, result);
            }
            else
            {
                TSimd.StoreFirst(target + channel, result, count);
            }
        }
    }
}
