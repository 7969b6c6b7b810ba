using System.Runtime.CompilerServices;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Images [batch, row, column, channel] at another size, and the gradient to the original. An item is a row of what is written: forward a
/// row of the result, back a row of the original, which collects from the rows that took from it.
/// </summary>
internal readonly unsafe struct ResizeKernel : IRangeKernel
{
    private readonly float* _original;
    private readonly float* _resized;
    private readonly ResizeTap* _rows;
    private readonly ResizeTap* _columns;
    private readonly Size2D _from;
    private readonly Size2D _to;
    private readonly int _channels;
    private readonly bool _back;

    private ResizeKernel(float* original, float* resized, ResizeTap* rows, ResizeTap* columns, Size2D from, Size2D to, int channels, bool back)
    {
        _original = original;
        _resized = resized;
        _rows = rows;
        _columns = columns;
        _from = from;
        _to = to;
        _channels = channels;
        _back = back;
    }

    /// <summary>Writes the resized images, or, on the way back, the gradient to the originals from that of the resized ones.</summary>
    internal static void Run(float* original, float* resized, int batch, Size2D from, Size2D to, int channels, ResizeMethod method, ResizeGrid grid, bool back)
    {
        NativeBuffer taps = NativeBuffer.Rent(((long)to.Height + to.Width) * sizeof(ResizeTap));
        ResizeTap* rows = (ResizeTap*)taps.Pointer, columns = rows + to.Height;
        for (int i = 0; i < to.Height; i++)
        {
            rows[i] = ResizeTap.Of(i, from.Height, to.Height, method, grid);
        }

        for (int i = 0; i < to.Width; i++)
        {
            columns[i] = ResizeTap.Of(i, from.Width, to.Width, method, grid);
        }

        ResizeKernel kernel = new(original, resized, rows, columns, from, to, channels, back);
        Dispatch.RunRows(kernel, (long)batch * (back ? from.Height : to.Height), (long)to.Width * channels, 4);
        taps.Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint line = (nint)_from.Width * _channels;
        for (long item = start; item < end; item++)
        {
            (long batch, long row) = Math.DivRem(item, _back ? _from.Height : _to.Height);
            float* original = _original + ((nint)batch * _from.Height * line);
            if (!_back)
            {
                ResizeTap tap = _rows[row];
                float* y = _resized + ((nint)item * _to.Width * _channels);
                for (int column = 0; column < _to.Width; column++, y += _channels)
                {
                    new Span<float>(y, _channels).Clear();
                    ResizeTap across = _columns[column];
                    Add<TSimd, TVector>(original + (tap.Lower * line), across, 1 - tap.Weight, y);
                    Add<TSimd, TVector>(original + (tap.Upper * line), across, tap.Weight, y);
                }

                continue;
            }

            float* target = original + ((nint)row * line);
            new Span<float>(target, checked((int)line)).Clear();
            for (int from = 0; from < _to.Height; from++)
            {
                ResizeTap tap = _rows[from];
                float weight = (tap.Lower == row ? 1 - tap.Weight : 0) + (tap.Upper == row ? tap.Weight : 0);
                float* dy = _resized + ((((nint)batch * _to.Height) + from) * _to.Width * _channels);
                for (int column = 0; weight != 0 && column < _to.Width; column++, dy += _channels)
                {
                    ResizeTap across = _columns[column];
                    Line<TSimd, TVector>(dy, weight * (1 - across.Weight), target + ((nint)across.Lower * _channels));
                    Line<TSimd, TVector>(dy, weight * across.Weight, target + ((nint)across.Upper * _channels));
                }
            }
        }
    }

    private void Add<TSimd, TVector>(float* line, ResizeTap across, float weight, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        Line<TSimd, TVector>(line + ((nint)across.Lower * _channels), weight * (1 - across.Weight), target);
        Line<TSimd, TVector>(line + ((nint)across.Upper * _channels), weight * across.Weight, target);
    }

    /// <summary>target += weight · x; what has no weight is not read, so that an infinity beside the place does not matter.</summary>
    private void Line<TSimd, TVector>(float* x, float weight, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector factor = TSimd.Broadcast(weight);
        for (int channel = 0; weight != 0 && channel < _channels; channel += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, _channels - channel);
            TVector sum = TSimd.MultiplyAdd(TSimd.LoadFirst(x + channel, count), factor, TSimd.LoadFirst(target + channel, count));
            TSimd.StoreFirst(target + channel, sum, count);
        }
    }
}
