using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a pooling to its input. Of a maximum it goes to the first of the window's largest values, found again from the input,
/// which costs less than remembering it; of a mean to all alike. Windows overlap, so an item is some channels of one image, whose windows
/// are gone through in order.
/// </summary>
internal readonly unsafe struct PoolGradient(PoolShape shape, float* x, float* dy, float* dx, bool countPadding) : IRangeKernel
{
    private const int WantedParts = 8;
    private const int FewestChannels = 16;

    /// <summary>Channels of an item: all of them where there are images enough, since fewer leave gaps between what is read.</summary>
    private int Channels => shape.Batch >= WantedParts
        ? shape.Channels
        : Math.Max(FewestChannels, ((shape.Channels * shape.Batch / WantedParts) + FewestChannels - 1) / FewestChannels * FewestChannels);

    private int Blocks => (shape.Channels + Channels - 1) / Channels;

    /// <summary>dx from x and dy.</summary>
    internal static void Max(in PoolShape shape, float* x, float* dy, float* dx) => Run(new(shape, x, dy, dx, false), shape);

    /// <summary>dx from dy.</summary>
    internal static void Average(in PoolShape shape, bool countPadding, float* dy, float* dx) => Run(new(shape, null, dy, dx, countPadding), shape);

    private static void Run(in PoolGradient kernel, in PoolShape shape) =>
        Dispatch.RunRows(kernel, (long)shape.Batch * kernel.Blocks, (long)shape.Height * shape.Width * Math.Min(kernel.Channels, shape.Channels), 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            (long batch, long block) = Math.DivRem(item, Blocks);
            int first = (int)block * Channels, count = Math.Min(Channels, shape.Channels - first);
            nint image = (nint)batch * shape.Height * shape.Width * shape.Channels;
            int cleared = 0;
            for (int row = 0; row < shape.OutHeight; row++)
            {
                (int top, int bottom) = shape.Rows.Inside(row, shape.Height);
                int below = (row * shape.Rows.Step) + shape.Rows.First + bottom;
                Clear(image + first, count, cleared, below);
                cleared = Math.Max(cleared, below);
                for (int column = 0; column < shape.OutWidth; column++)
                {
                    (int left, int right) = shape.Columns.Inside(column, shape.Width);
                    nint y = ((nint)row * shape.Rows.Step) + shape.Rows.First + top;
                    nint at = (y * shape.Width) + ((nint)column * shape.Columns.Step) + shape.Columns.First + left;
                    nint from = image + (at * shape.Channels) + first;
                    float* gradient = dy + (((((nint)batch * shape.OutHeight) + row) * shape.OutWidth) + column) * shape.Channels + first;
                    float factor = x == null ? 1f / shape.Divisor(row, column, countPadding) : 1;
                    Window<TSimd, TVector>(from, bottom - top, right - left, gradient, factor, count);
                }
            }

            Clear(image + first, count, cleared, shape.Height);
        }
    }

    private void Clear(nint first, int channels, int row, int end)
    {
        for (nint pixel = (nint)row * shape.Width; pixel < (nint)end * shape.Width; pixel++)
        {
            new Span<float>(dx + first + (pixel * shape.Channels), channels).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Window<TSimd, TVector>(nint first, int rows, int columns, float* gradient, float factor, int channels)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint line = (nint)shape.Width * shape.Channels;
        TVector zero = TSimd.Broadcast(0);
        for (int channel = 0; channel < channels; channel += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, channels - channel);
            TVector part = TSimd.Multiply(Load<TSimd, TVector>(gradient + channel, count), TSimd.Broadcast(factor));
            TVector chosen = x == null ? zero : Largest<TSimd, TVector>(x + first + channel, rows, columns, line, count);
            float tap = 0;
            for (int row = 0; row < rows; row++)
            {
                float* to = dx + first + (row * line) + channel;
                for (int column = 0; column < columns; column++)
                {
                    TVector here = TSimd.Broadcast(tap++), value = part;
                    if (x != null)
                    {
                        value = TSimd.SelectGreater(chosen, here, zero, TSimd.SelectGreater(here, chosen, zero, part));
                    }

                    value = TSimd.Add(Load<TSimd, TVector>(to, count), value);
                    if (count == TSimd.Width)
                    {
                        TSimd.Store(to, value);
                    }
                    else
                    {
                        TSimd.StoreFirst(to, value, count);
                    }

                    to += shape.Channels;
                }
            }
        }
    }

    /// <summary>For each channel the number of the first of the window's largest values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Largest<TSimd, TVector>(float* first, int rows, int columns, nint line, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector best = Load<TSimd, TVector>(first, count), chosen = TSimd.Broadcast(0);
        float tap = 0;
        for (int row = 0; row < rows; row++)
        {
            float* from = first + (row * line);
            for (int column = 0; column < columns; column++)
            {
                TVector value = Load<TSimd, TVector>(from, count);
                chosen = TSimd.SelectGreater(value, best, TSimd.Broadcast(tap++), chosen);
                best = TSimd.Max(value, best);
                from += shape.Channels;
            }
        }

        return chosen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TSimd, TVector>(float* source, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        count == TSimd.Width ? TSimd.Load(source) : TSimd.LoadFirst(source, count);
}
