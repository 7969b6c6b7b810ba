using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a pooling to its input. Of a maximum it goes to the first of the window's largest values, found again from the input,
/// which costs less than remembering it; of a mean to all alike. Windows overlap, so an item is a band of rows of the input: it goes through
/// all windows that reach into it, in order, and writes to its own rows alone.
/// </summary>
internal readonly unsafe struct PoolGradient(PoolShape shape, float* x, float* dy, float* dx, bool countPadding) : IRangeKernel
{
    private const int WantedParts = 12;
    private const int FewestSteps = 4; // windows at a band's edges are done twice

    private int BandRows => Math.Max(
        shape.Rows.Step * FewestSteps, ((shape.Height * shape.Batch) + WantedParts - 1) / WantedParts);

    private int Bands => (shape.Height + BandRows - 1) / BandRows;

    /// <summary>dx from x and dy.</summary>
    internal static void Max(in PoolShape shape, float* x, float* dy, float* dx) => Run(new(shape, x, dy, dx, false), shape);

    /// <summary>dx from dy.</summary>
    internal static void Average(in PoolShape shape, bool countPadding, float* dy, float* dx) => Run(new(shape, null, dy, dx, countPadding), shape);

    private static void Run(in PoolGradient kernel, in PoolShape shape) =>
        Dispatch.RunRows(
            kernel, (long)shape.Batch * kernel.Bands, (long)Math.Min(kernel.BandRows, shape.Height) * shape.Width * shape.Channels, 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint line = (nint)shape.Width * shape.Channels;
        for (long item = start; item < end; item++)
        {
            (long batch, long band) = Math.DivRem(item, Bands);
            int first = (int)band * BandRows, last = Math.Min(first + BandRows, shape.Height), cleared = first;
            nint image = (nint)batch * shape.Height * line;
            int reach = first - shape.Rows.First - shape.Rows.Taps + 1;
            int row = reach <= 0 ? 0 : (reach + shape.Rows.Step - 1) / shape.Rows.Step;
            for (; row < shape.OutHeight && (row * shape.Rows.Step) + shape.Rows.First < last; row++)
            {
                (int top, int bottom) = shape.Rows.Inside(row, shape.Height);
                int y = (row * shape.Rows.Step) + shape.Rows.First;
                int stop = Math.Min(y + bottom, last);
                Clear(image, ref cleared, stop);
                for (int column = 0; column < shape.OutWidth; column++)
                {
                    (int left, int right) = shape.Columns.Inside(column, shape.Width);
                    nint at = image + ((y + top) * line) + ((((nint)column * shape.Columns.Step) + shape.Columns.First + left) * shape.Channels);
                    float* gradient = dy + (((((nint)batch * shape.OutHeight) + row) * shape.OutWidth) + column) * shape.Channels;
                    float factor = x == null ? 1f / shape.Divisor(row, column, countPadding) : 1;
                    Window<TSimd, TVector>(at, bottom - top, Math.Max(0, first - y - top), stop - y - top, right - left, gradient, factor);
                }
            }

            Clear(image, ref cleared, last);
        }
    }

    private void Clear(nint image, ref int cleared, int end)
    {
        if (end > cleared)
        {
            nint line = (nint)shape.Width * shape.Channels;
            new Span<float>(dx + image + (cleared * line), checked((int)((end - cleared) * line))).Clear();
            cleared = end;
        }
    }

    /// <summary>One window of <paramref name="rows"/> by columns, of which the rows from start to end are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Window<TSimd, TVector>(nint first, int rows, int start, int end, int columns, float* gradient, float factor)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint line = (nint)shape.Width * shape.Channels;
        TVector zero = TSimd.Broadcast(0);
        for (int channel = 0; channel < shape.Channels; channel += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, shape.Channels - channel);
            TVector part = TSimd.Multiply(Load<TSimd, TVector>(gradient + channel, count), TSimd.Broadcast(factor));
            TVector chosen = x == null ? zero : Largest<TSimd, TVector>(x + first + channel, rows, columns, line, count);
            float tap = start * columns;
            for (int row = start; row < end; row++)
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
