using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

// Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section 4.1: F(2 × 2, 3 × 3).
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A, summed over channels before Aᵀ · A
//        1  0 -1  0          1    0    0
//   Bᵀ = 0  1  1  0     G = 1/2  1/2  1/2    Aᵀ = 1  1  1  0
//        0 -1  1  0         1/2 -1/2  1/2         0  1 -1 -1
//        0  1  0 -1          0    0    1
// Sixteen multiplications make four outputs, for which 36 are needed otherwise. Departures: the sums over channels are products of matrices
// in the panels of ColumnPanels, and bias and ReLU come with Aᵀ · A. Only this size is used: with larger tiles rounding grows, and an output
// would depend on values outside its window by rounding errors. Here it does not, so a gradient stays 0 outside of a receptive field.

/// <summary>
/// Windows of 3 × 3, next to each other, by weights of <see cref="WinogradWeights"/>. A part is a run of tiles of 2 × 2 outputs, which may go
/// on in the next row or image: they are transformed into sixteen matrices [tile, channel], each is multiplied by its panel, and the sixteen
/// results of a tile are transformed back.
/// </summary>
internal readonly unsafe struct WinogradProduct : IRangeKernel
{
    private const int Points = 16;
    private const int DepthBlock = 768;
    private const int TileValues = 6144; // a part's tiles by channels: sixteen times that is 400 KB, under half of a second-level cache
    private const int FewestTiles = 16;
    private const int MostTiles = 96;
    private const int FewestChannels = 16;
    private const int FewestWeights = 512; // a tap; 16 → 16 channels lose a tenth, 16 → 48 and 32 → 32 gain a third and more, 512 → 512 halve
    private const int WantedParts = 12;
    private const int Slot = 2;

    private readonly WindowArguments _arguments;
    private readonly float* _weights;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly int _tiles;
    private readonly int _columnParts;

    private WinogradProduct(in WindowArguments arguments, float* weights)
    {
        _arguments = arguments;
        _weights = weights;
        _tileRows = (arguments.Rows.Count + 1) / 2;
        _tileColumns = (arguments.Columns.Count + 1) / 2;
        int most = Math.Clamp(TileValues / arguments.SourceChannels, FewestTiles, MostTiles);
        long shared = (All + WantedParts - 1) / WantedParts;
        _tiles = (int)Math.Min(most, Math.Max(shared, FewestTiles)) / Tile.PanelRows * Tile.PanelRows;
        int panels = ColumnPanels.Count(arguments.Outputs);
        _columnParts = (int)Math.Min(panels, (WantedParts + Bands - 1) / Bands);
    }

    private long All => (long)_arguments.Batch * _tileRows * _tileColumns;

    private long Bands => (All + _tiles - 1) / _tiles;

    /// <summary>Whether a convolution, or its gradient to the input, may be done so, whatever the image.</summary>
    internal static bool Suits(in ConvolutionShape shape) =>
        shape.Kernel == new Size2D(3, 3) && shape.Stride == new Size2D(1, 1) && shape.Dilation == new Size2D(1, 1) && shape.Groups == 1 &&
        shape.Inputs >= FewestChannels && shape.Outputs >= FewestChannels && (long)shape.Inputs * shape.Outputs >= FewestWeights;

    /// <summary>Whether there are so few half-empty tiles that multiplications are saved.</summary>
    internal static bool Pays(int rows, int columns) =>
        (long)((rows + 1) / 2) * ((columns + 1) / 2) * Points * 5 <= (long)rows * columns * 9 * 4;

    /// <summary>As <see cref="WindowProduct.Run"/>, by weights transformed.</summary>
    internal static void Run(in WindowArguments arguments, float* weights)
    {
        if (arguments.Batch == 0 || arguments.Rows.Count == 0 || arguments.Columns.Count == 0)
        {
            return;
        }

        WinogradProduct kernel = new(arguments, weights);
        Dispatch.Run(kernel, kernel.Bands * kernel._columnParts, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int channels = _arguments.SourceChannels, panels = ColumnPanels.Count(_arguments.Outputs);
        int padded = (channels + 15) / 16 * 16;

        // A row and a matrix are a cache line longer than they need be, so that those read together lie in different sets of the cache.
        nint stride = padded + 16, matrix = (_tiles * stride) + 16;
        nint product = (_tiles * (nint)ColumnPanels.WidestPanel) + 16;
        float* zeros = Scratch.Rent(Slot, padded + (Points * (matrix + product)));
        float* sources = zeros + padded, products = sources + (Points * matrix);
        new Span<float>(zeros, padded).Clear();
        for (long part = start; part < end; part++)
        {
            (long band, long share) = Math.DivRem(part, _columnParts);
            long first = band * _tiles;
            int count = (int)Math.Min(_tiles, All - first);
            Transform<TSimd, TVector>(first, count, zeros, sources, stride, matrix);
            for (int panel = ColumnPanels.Share(panels, _columnParts, (int)share); panel < ColumnPanels.Share(panels, _columnParts, (int)share + 1); panel++)
            {
                int column = ColumnPanels.First(_arguments.Outputs, panel);
                int width = ColumnPanels.First(_arguments.Outputs, panel + 1) - column;
                float* weights = _weights + ((nint)Points * channels * column);
                for (int point = 0; point < Points; point++)
                {
                    Multiply<TSimd, TVector>(
                        sources + (point * matrix), stride, count, weights + ((nint)point * channels * width), width, products + (point * product));
                }

                Finish<TSimd, TVector>(first, count, products, product, column, width);
            }
        }
    }

    /// <summary>Bᵀ d B of some tiles, for all channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform<TSimd, TVector>(long first, int count, float* zeros, float* target, nint stride, nint matrix)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float** places = stackalloc float*[Points];
        int channels = _arguments.SourceChannels, height = _arguments.SourceHeight, width = _arguments.SourceWidth;
        bool masked = _arguments.Mask != null;
        for (int tile = 0; tile < count; tile++)
        {
            (long batch, int row, int column) = Place(first + tile);
            int top = (2 * row) + _arguments.Rows.First, left = (2 * column) + _arguments.Columns.First;
            for (int point = 0; point < Points; point++)
            {
                int y = top + (point / 4), x = left + (point % 4);
                places[point] = (uint)y < (uint)height && (uint)x < (uint)width
                    ? _arguments.Source + ((((nint)batch * height) + y) * width + x) * channels
                    : null;
            }

            float* to = target + (tile * stride);
            for (int channel = 0; channel < channels; channel += TSimd.Width)
            {
                int kept = Math.Min(TSimd.Width, channels - channel);
                Down<TSimd, TVector>(places, zeros, channel, kept, masked, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
                Down<TSimd, TVector>(places + 1, zeros, channel, kept, masked, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
                Down<TSimd, TVector>(places + 2, zeros, channel, kept, masked, out TVector c0, out TVector c1, out TVector c2, out TVector c3);
                Down<TSimd, TVector>(places + 3, zeros, channel, kept, masked, out TVector d0, out TVector d1, out TVector d2, out TVector d3);
                Across<TSimd, TVector>(to + channel, matrix, a0, b0, c0, d0);
                Across<TSimd, TVector>(to + channel + (4 * matrix), matrix, a1, b1, c1, d1);
                Across<TSimd, TVector>(to + channel + (8 * matrix), matrix, a2, b2, c2, d2);
                Across<TSimd, TVector>(to + channel + (12 * matrix), matrix, a3, b3, c3, d3);
            }
        }
    }

    /// <summary>One column of Bᵀ d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Down<TSimd, TVector>(
        float** places, float* zeros, int channel, int kept, bool masked, out TVector first, out TVector second, out TVector third, out TVector fourth)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector d0 = Value<TSimd, TVector>(places[0], zeros, channel, kept, masked);
        TVector d1 = Value<TSimd, TVector>(places[4], zeros, channel, kept, masked);
        TVector d2 = Value<TSimd, TVector>(places[8], zeros, channel, kept, masked);
        TVector d3 = Value<TSimd, TVector>(places[12], zeros, channel, kept, masked);
        first = TSimd.Subtract(d0, d2);
        second = TSimd.Add(d1, d2);
        third = TSimd.Subtract(d2, d1);
        fourth = TSimd.Subtract(d1, d3);
    }

    /// <summary>One row of (Bᵀ d) B, each value into its own matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Across<TSimd, TVector>(float* target, nint matrix, TVector d0, TVector d1, TVector d2, TVector d3)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TSimd.Store(target, TSimd.Subtract(d0, d2));
        TSimd.Store(target + matrix, TSimd.Add(d1, d2));
        TSimd.Store(target + (2 * matrix), TSimd.Subtract(d2, d1));
        TSimd.Store(target + (3 * matrix), TSimd.Subtract(d1, d3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Value<TSimd, TVector>(float* place, float* zeros, int channel, int kept, bool masked)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (place == null)
        {
            return TSimd.Load(zeros);
        }

        float* at = place + channel;
        TVector value = kept == TSimd.Width ? TSimd.Load(at) : TSimd.LoadFirst(at, kept);
        if (!masked)
        {
            return value;
        }

        at += _arguments.Mask - _arguments.Source;
        TVector mask = kept == TSimd.Width ? TSimd.Load(at) : TSimd.LoadFirst(at, kept), zero = TSimd.Broadcast(0);
        return TSimd.SelectGreater(mask, zero, value, zero);
    }

    /// <summary>target [tile, column] = source [tile, channel] · weights [channel, column].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TSimd, TVector>(float* source, nint stride, int count, float* weights, int width, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float** a = stackalloc float*[Tile.PanelRows];
        float** c = stackalloc float*[Tile.PanelRows];
        int* places = stackalloc int[DepthBlock];
        for (int k = 0; k < Math.Min(DepthBlock, _arguments.SourceChannels); k++)
        {
            places[k] = k;
        }

        int pieces = (width + (3 * TSimd.Width) - 1) / (3 * TSimd.Width);
        for (int k = 0; k < _arguments.SourceChannels; k += DepthBlock)
        {
            int depth = Math.Min(DepthBlock, _arguments.SourceChannels - k);
            for (int tile = 0; tile < count; tile += TSimd.TileRows)
            {
                int rows = Math.Min(TSimd.TileRows, count - tile);
                for (int piece = 0; piece < pieces; piece++)
                {
                    int first = ColumnPanels.Share(width / TSimd.Width, pieces, piece) * TSimd.Width;
                    int columns = (ColumnPanels.Share(width / TSimd.Width, pieces, piece + 1) * TSimd.Width) - first;
                    for (int r = 0; r < rows; r++)
                    {
                        a[r] = source + ((tile + r) * stride) + k;
                        c[r] = target + ((nint)(tile + r) * width) + first;
                    }

                    float* b = weights + ((nint)k * width) + first;
                    WindowTiles.Multiply<TSimd, TVector>(rows, columns / TSimd.Width, a, places, depth, b, width, c, k > 0, null, false);
                }
            }
        }
    }

    /// <summary>Aᵀ m A of some tiles, with bias and ReLU, into the outputs that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish<TSimd, TVector>(long first, int count, float* products, nint product, int column, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int wanted = Math.Min(width, _arguments.Outputs - column);
        TVector zero = TSimd.Broadcast(0);
        for (int tile = 0; tile < count; tile++)
        {
            (long batch, int row, int across) = Place(first + tile);
            bool below = (2 * row) + 1 < _arguments.Rows.Count, beside = (2 * across) + 1 < _arguments.Columns.Count;
            float* target = _arguments.Target + ((nint)batch * _arguments.TargetBatchStride) + (2 * row * _arguments.TargetRowStride) +
                (2 * across * _arguments.TargetColumnStride) + column;
            for (int at = 0; at < wanted; at += TSimd.Width)
            {
                float* from = products + ((nint)tile * width) + at;
                TVector addend = _arguments.Bias == null ? zero : TSimd.Load(_arguments.Bias + column + at);
                Sum<TSimd, TVector>(from, 4 * product, out TVector a0, out TVector a1);
                Sum<TSimd, TVector>(from + product, 4 * product, out TVector b0, out TVector b1);
                Sum<TSimd, TVector>(from + (2 * product), 4 * product, out TVector c0, out TVector c1);
                Sum<TSimd, TVector>(from + (3 * product), 4 * product, out TVector d0, out TVector d1);
                int kept = Math.Min(TSimd.Width, wanted - at);
                float* to = target + at;
                Put<TSimd, TVector>(to, kept, TSimd.Add(TSimd.Add(TSimd.Add(a0, b0), c0), addend));
                if (beside)
                {
                    Put<TSimd, TVector>(
                        to + _arguments.TargetColumnStride, kept, TSimd.Add(TSimd.Subtract(TSimd.Subtract(b0, c0), d0), addend));
                }

                if (below)
                {
                    to += _arguments.TargetRowStride;
                    Put<TSimd, TVector>(to, kept, TSimd.Add(TSimd.Add(TSimd.Add(a1, b1), c1), addend));
                    if (beside)
                    {
                        Put<TSimd, TVector>(
                            to + _arguments.TargetColumnStride, kept, TSimd.Add(TSimd.Subtract(TSimd.Subtract(b1, c1), d1), addend));
                    }
                }
            }
        }
    }

    /// <summary>One column of Aᵀ m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<TSimd, TVector>(float* from, nint step, out TVector upper, out TVector lower)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector m1 = TSimd.Load(from + step), m2 = TSimd.Load(from + (2 * step));
        upper = TSimd.Add(TSimd.Add(TSimd.Load(from), m1), m2);
        lower = TSimd.Subtract(TSimd.Subtract(m1, m2), TSimd.Load(from + (3 * step)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put<TSimd, TVector>(float* target, int kept, TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        value = _arguments.Relu ? TSimd.Max(TSimd.Broadcast(0), value) : value; // zero on the left, so that NaN stays NaN
        if (kept == TSimd.Width)
        {
            TSimd.Store(target, value);
        }
        else
        {
            TSimd.StoreFirst(target, value, kept);
        }
    }

    private (long Batch, int Row, int Column) Place(long tile)
    {
        (long line, long column) = Math.DivRem(tile, _tileColumns);
        (long batch, long row) = Math.DivRem(line, _tileRows);
        return (batch, (int)row, (int)column);
    }
}
