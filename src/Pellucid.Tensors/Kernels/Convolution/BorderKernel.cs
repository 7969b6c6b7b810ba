using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>A border of one value around images [batch, row, column, channel], and its gradient, which leaves the border out.</summary>
internal readonly unsafe struct BorderKernel : IRangeKernel
{
    private readonly float* _inner;
    private readonly float* _outer;
    private readonly int _height;
    private readonly int _line;
    private readonly int _left;
    private readonly int _right;
    private readonly Padding2D _padding;
    private readonly float _value;
    private readonly bool _crop;

    private BorderKernel(float* inner, int height, int width, int channels, Padding2D padding, float value, float* outer, bool crop)
    {
        _inner = inner;
        _outer = outer;
        _height = height;
        _padding = padding;
        _value = value;
        _crop = crop;
        _line = checked(width * channels);
        _left = padding.Left * channels;
        _right = padding.Right * channels;
    }

    private int OuterHeight => _height + _padding.Top + _padding.Bottom;

    private int OuterLine => checked(_line + _left + _right);

    /// <summary>outer = inner with the value around it.</summary>
    internal static void Pad(float* inner, int batch, int height, int width, int channels, Padding2D padding, float value, float* outer) =>
        Run(new(inner, height, width, channels, padding, value, outer, false), batch);

    /// <summary>inner = outer without its border.</summary>
    internal static void Crop(float* outer, int batch, int height, int width, int channels, Padding2D padding, float* inner) =>
        Run(new(inner, height, width, channels, padding, 0, outer, true), batch);

    private static void Run(in BorderKernel kernel, int batch) =>
        Dispatch.RunRows(kernel, (long)batch * (kernel._crop ? kernel._height : kernel.OuterHeight), kernel.OuterLine);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long item = start; item < end; item++)
        {
            if (_crop)
            {
                (long image, long row) = Math.DivRem(item, _height);
                float* from = _outer + ((nint)((image * OuterHeight) + row + _padding.Top) * OuterLine) + _left;
                Unsafe.CopyBlockUnaligned(_inner + ((nint)item * _line), from, (uint)_line * sizeof(float));
                continue;
            }

            (long batch, long outerRow) = Math.DivRem(item, OuterHeight);
            float* to = _outer + ((nint)item * OuterLine);
            long y = outerRow - _padding.Top;
            if (y < 0 || y >= _height)
            {
                new Span<float>(to, OuterLine).Fill(_value);
                continue;
            }

            new Span<float>(to, _left).Fill(_value);
            Unsafe.CopyBlockUnaligned(to + _left, _inner + ((nint)((batch * _height) + y) * _line), (uint)_line * sizeof(float));
            new Span<float>(to + _left + _line, _right).Fill(_value);
        }
    }
}
