using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution to an input of few channels: dy · Wᵀ gives each output's part for every value of its window, which then is
/// added to the windows' places. A part of the work is a band of rows of the input and does all outputs whose windows reach into it, so
/// those at its edges are done twice and parts share no memory.
/// </summary>
internal readonly unsafe struct ImageGradient : IRangeKernel
{
    private const int MostChannels = 8;
    private const int MostWindow = 512;
    private const int MostRows = 256;
    private const int FewestRows = 48; // outputs at a band's edges are done twice
    private const int WantedParts = 8;
    private const int Slot = 2;

    private readonly ConvolutionShape _shape;
    private readonly float* _dy;
    private readonly float* _y;
    private readonly float* _panels;
    private readonly float* _dx;
    private readonly int _rows;

    private ImageGradient(in ConvolutionShape shape, float* dy, float* y, float* panels, float* dx)
    {
        _shape = shape;
        _dy = dy;
        _y = y;
        _panels = panels;
        _dx = dx;
        int wanted = Math.Min((WantedParts + shape.Batch - 1) / Math.Max(1, shape.Batch), shape.Height / FewestRows);
        int bands = Math.Max(1, Math.Max(wanted, (shape.Height + MostRows - 1) / MostRows));
        _rows = Math.Max(1, (shape.Height + bands - 1) / bands);
    }

    private int Window => _shape.Kernel.Height * _shape.Kernel.Width * _shape.Inputs;

    private int Bands => (_shape.Height + _rows - 1) / _rows;

    /// <summary>Whether the channels are so few that this is the way to do it.</summary>
    internal static bool Suits(in ConvolutionShape shape) =>
        shape.Groups == 1 && shape.Inputs <= MostChannels && shape.Dilation == new Size2D(1, 1) && !shape.IsPointwise &&
        shape.Kernel.Height * shape.Kernel.Width * shape.Inputs <= MostWindow;

    /// <summary>Weights as [output] rows of (kernel row, kernel column, input) columns.</summary>
    internal static WeightPacking Packing(float* weights, in ConvolutionShape shape) => new()
    {
        Source = weights,
        Groups = 1,
        Rows = 1,
        Columns = 1,
        Channels = shape.Outputs,
        Outputs = shape.Kernel.Height * shape.Kernel.Width * shape.Inputs,
        StrideChannel = (nint)shape.Inputs * shape.Kernel.Height * shape.Kernel.Width,
        StrideOutput = 1,
        Inner = shape.Inputs,
        StrideInner = shape.Kernel.Height * shape.Kernel.Width,
    };

    /// <summary>As <see cref="ConvolutionInputGradient.Run"/>.</summary>
    internal static void Run(float* dy, float* y, in ConvolutionShape shape, float* panels, float* dx)
    {
        ImageGradient kernel = new(shape, dy, y, panels, dx);
        Dispatch.Run(kernel, (long)shape.Batch * kernel.Bands, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int channels = _shape.Inputs, stride = ColumnPanels.Padded(Window), positions = _shape.OutWidth;
        int line = checked(Math.Max(_shape.Width + _shape.Padding.Left, ((positions - 1) * _shape.Stride.Width) + _shape.Kernel.Width) * channels);
        nint passed = (nint)positions * _shape.Outputs, parts = (nint)positions * stride;
        float* memory = Scratch.Rent(Slot, passed + parts + ((nint)_rows * line) + TSimd.Width);
        int* places = stackalloc int[_shape.Outputs];
        for (int output = 0; output < _shape.Outputs; output++)
        {
            places[output] = output;
        }

        for (long item = start; item < end; item++)
        {
            (long batch, long band) = Math.DivRem(item, Bands);
            int first = (int)band * _rows, count = Math.Min(_rows, _shape.Height - first);
            float* sums = memory + passed + parts;
            new Span<float>(sums, checked(count * line)).Clear();
            int reach = first + _shape.Padding.Top - _shape.Kernel.Height + 1;
            int firstRow = reach <= 0 ? 0 : (reach + _shape.Stride.Height - 1) / _shape.Stride.Height;
            int lastRow = Math.Min(_shape.OutHeight - 1, (first + count - 1 + _shape.Padding.Top) / _shape.Stride.Height);
            for (int row = firstRow; row <= lastRow; row++)
            {
                float* gradient = _dy + ((((nint)batch * _shape.OutHeight) + row) * passed);
                if (_y != null)
                {
                    ReluGradient.Line<TSimd, TVector>(_y + (gradient - _dy), gradient, memory, checked((int)passed));
                    gradient = memory;
                }

                Multiply<TSimd, TVector>(gradient, places, memory + passed, stride);
                for (int kernel = 0; kernel < _shape.Kernel.Height; kernel++)
                {
                    int y = (row * _shape.Stride.Height) - _shape.Padding.Top + kernel - first;
                    if (y >= 0 && y < count)
                    {
                        Add<TSimd, TVector>(memory + passed + (kernel * _shape.Kernel.Width * channels), stride, sums + ((nint)y * line));
                    }
                }
            }

            for (int y = 0; y < count; y++)
            {
                float* target = _dx + ((((nint)batch * _shape.Height) + first + y) * _shape.Width * channels);
                float* from = sums + ((nint)y * line) + (_shape.Padding.Left * channels);
                Unsafe.CopyBlockUnaligned(target, from, (uint)(_shape.Width * channels) * sizeof(float));
            }
        }
    }

    /// <summary>
    /// Adds one row of every window of a row of windows to the row of the input that it lies on. Neighbours overlap, and a load that meets
    /// half of a store still under way waits for it, so windows that do not overlap follow each other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<TSimd, TVector>(float* parts, nint stride, float* sums)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int run = _shape.Kernel.Width * _shape.Inputs, step = _shape.Stride.Width * _shape.Inputs;
        int apart = (run + step - 1) / step, whole = run / TSimd.Width * TSimd.Width;
        for (int first = 0; first < apart; first++)
        {
            for (int position = first; position < _shape.OutWidth; position += apart)
            {
                float* from = parts + (position * stride);
                float* to = sums + ((nint)position * step);
                for (int at = 0; at < whole; at += TSimd.Width)
                {
                    TSimd.Store(to + at, TSimd.Add(TSimd.Load(to + at), TSimd.Load(from + at)));
                }

                if (run > whole)
                {
                    TVector sum = TSimd.Add(TSimd.LoadFirst(to + whole, run - whole), TSimd.LoadFirst(from + whole, run - whole));
                    TSimd.StoreFirst(to + whole, sum, run - whole);
                }
            }
        }
    }

    /// <summary>target [position, window] = gradient [position, output] · Wᵀ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TSimd, TVector>(float* gradient, int* places, float* target, nint stride)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float** a = stackalloc float*[Tile.PanelRows];
        float** c = stackalloc float*[Tile.PanelRows];
        for (int panel = 0; panel < ColumnPanels.Count(Window); panel++)
        {
            int column = ColumnPanels.First(Window, panel), width = ColumnPanels.First(Window, panel + 1) - column;
            int pieces = (width + (3 * TSimd.Width) - 1) / (3 * TSimd.Width);
            for (int position = 0; position < _shape.OutWidth; position += TSimd.TileRows)
            {
                int rows = Math.Min(TSimd.TileRows, _shape.OutWidth - position);
                for (int piece = 0; piece < pieces; piece++)
                {
                    int first = ColumnPanels.Share(width / TSimd.Width, pieces, piece) * TSimd.Width;
                    int columns = (ColumnPanels.Share(width / TSimd.Width, pieces, piece + 1) * TSimd.Width) - first;
                    for (int r = 0; r < rows; r++)
                    {
                        a[r] = gradient + ((nint)(position + r) * _shape.Outputs);
                        c[r] = target + ((position + r) * stride) + column + first;
                    }

                    float* b = _panels + ((nint)column * _shape.Outputs) + first;
                    WindowTiles.Multiply<TSimd, TVector>(
                        rows, columns / TSimd.Width, a, places, _shape.Outputs, b, width, c, false, null, false);
                }
            }
        }
    }
}
