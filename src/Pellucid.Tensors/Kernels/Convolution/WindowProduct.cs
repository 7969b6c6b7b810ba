using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The product of windows by weights without a matrix of windows: a part is a band of window rows of one image and group. Where windows
/// overhang the image, the band's part of it is first copied to the thread's own memory with zeros around, which costs a percent and leaves
/// no border to the inner loops; then, for each block of k, panels of weights meet tiles of eight positions, as in
/// <see cref="ProductBlocks"/>.
/// </summary>
internal readonly unsafe struct WindowProduct : IRangeKernel
{
    private const int DepthBlock = 768;
    private const int BandPositions = 256;
    private const int FewestPositions = 64;
    private const int WantedParts = 12;
    private const double LeastWork = 1 << 18; // multiply-adds worth sharing: some four microseconds
    private const int CopySlot = 2;

    private readonly WindowArguments _arguments;
    private readonly bool _copies;
    private readonly int _bandRows;
    private readonly int _bands;
    private readonly int _columnParts;

    private WindowProduct(in WindowArguments arguments)
    {
        _arguments = arguments;
        WindowAxis rows = arguments.Rows, columns = arguments.Columns;
        _copies = arguments.Mask != null || arguments.Groups > 1 ||
            (arguments.Depth > 0 && (rows.First < 0 || columns.First < 0 ||
            rows.Last(rows.Count) >= arguments.SourceHeight || columns.Last(columns.Count) >= arguments.SourceWidth));
        int panels = ColumnPanels.Count(arguments.Outputs);
        int band = Math.Clamp(BandPositions / columns.Count, 1, rows.Count);
        int columnParts = 1;
        double perRow = (double)columns.Count * Math.Max(1, arguments.Depth) * ColumnPanels.Padded(arguments.Outputs);
        while ((double)arguments.Batch * arguments.Groups * ((rows.Count + band - 1) / band) * columnParts < WantedParts &&
            perRow * band / columnParts > LeastWork)
        {
            // Cutting rows makes weights be read again, cutting columns makes the image be copied again.
            if (band > 1 && (band * columns.Count > FewestPositions || columnParts >= panels))
            {
                band = (band + 1) / 2;
            }
            else if (columnParts < panels)
            {
                columnParts = Math.Min(panels, columnParts * 2);
            }
            else
            {
                break;
            }
        }

        _bands = (rows.Count + band - 1) / band;
        _bandRows = (rows.Count + _bands - 1) / _bands;
        _bands = (rows.Count + _bandRows - 1) / _bandRows;
        _columnParts = columnParts;
    }

    internal static void Run(in WindowArguments arguments)
    {
        if (arguments.Batch == 0 || arguments.Rows.Count == 0 || arguments.Columns.Count == 0 || arguments.Outputs == 0)
        {
            return;
        }

        WindowProduct kernel = new(arguments);
        long parts = (long)arguments.Batch * arguments.Groups * kernel._bands * kernel._columnParts;
        double work = (double)kernel._bandRows * arguments.Columns.Count * Math.Max(1, arguments.Depth) *
            ColumnPanels.Padded(arguments.Outputs) / kernel._columnParts;
        Dispatch.Run(kernel, parts, work * parts < LeastWork ? long.MaxValue : Math.Max(1, (long)(LeastWork / 2 / work)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int panels = ColumnPanels.Count(_arguments.Outputs);
        for (long part = start; part < end; part++)
        {
            (long rest, long columnPart) = Math.DivRem(part, _columnParts);
            (rest, long group) = Math.DivRem(rest, _arguments.Groups);
            (long batch, long band) = Math.DivRem(rest, _bands);
            int firstRow = (int)band * _bandRows;
            Band image = Source<TSimd, TVector>((int)batch, (int)group, firstRow, Math.Min(_bandRows, _arguments.Rows.Count - firstRow));
            Multiply<TSimd, TVector>(
                image,
                (int)batch,
                (int)group,
                ColumnPanels.Share(panels, _columnParts, (int)columnPart),
                ColumnPanels.Share(panels, _columnParts, (int)columnPart + 1));
        }
    }

    /// <summary>The image under some rows of windows: where it lies, or a copy with zeros around it.</summary>
    private Band Source<TSimd, TVector>(int batch, int group, int firstRow, int rows)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int channels = _arguments.SourceChannels, width = _arguments.SourceWidth;
        float* image = _arguments.Source + ((nint)batch * _arguments.SourceHeight * width * channels);
        WindowAxis down = _arguments.Rows, across = _arguments.Columns;
        int top = (firstRow * down.Step) + down.First, left = across.First;
        Band band = new() { FirstRow = firstRow, Rows = rows };
        if (!_copies || _arguments.Depth == 0)
        {
            band.RowStride = (nint)width * channels;
            band.PixelStride = channels;
            band.First = image + (top * band.RowStride) + (left * channels);
            return band;
        }

        int copied = _arguments.GroupChannels;
        int height = ((rows - 1) * down.Step) + ((down.Taps - 1) * down.TapStep) + 1;
        int columns = across.Last(across.Count) - left + 1;
        band.PixelStride = copied;
        band.RowStride = (nint)columns * copied;
        band.First = Scratch.Rent(CopySlot, height * band.RowStride);
        int before = Math.Clamp(-left, 0, columns), after = Math.Clamp(left + columns - width, 0, columns - before);
        nint mask = _arguments.Mask == null ? 0 : (nint)(_arguments.Mask - _arguments.Source);
        for (int row = 0; row < height; row++)
        {
            float* to = band.First + (row * band.RowStride);
            int y = top + row, inside = columns - before - after;
            if (y < 0 || y >= _arguments.SourceHeight || inside <= 0)
            {
                new Span<float>(to, checked((int)band.RowStride)).Clear();
                continue;
            }

            new Span<float>(to, before * copied).Clear();
            to += before * copied;
            float* from = image + ((((nint)y * width) + left + before) * channels) + (group * copied);
            if (mask == 0)
            {
                Copy(from, channels, to, inside, copied);
            }
            else
            {
                CopyWherePositive<TSimd, TVector>(from + mask, from, channels, to, inside, copied);
            }

            new Span<float>(to + (inside * copied), after * copied).Clear();
        }

        return band;
    }

    private static void Copy(float* from, int stride, float* to, int pixels, int channels)
    {
        if (stride == channels)
        {
            Unsafe.CopyBlockUnaligned(to, from, checked((uint)(pixels * channels) * sizeof(float)));
            return;
        }

        for (int pixel = 0; pixel < pixels; pixel++)
        {
            Unsafe.CopyBlockUnaligned(to + (pixel * channels), from + ((nint)pixel * stride), (uint)channels * sizeof(float));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyWherePositive<TSimd, TVector>(float* mask, float* from, int stride, float* to, int pixels, int channels)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (stride == channels)
        {
            (pixels, channels) = (1, checked(pixels * channels));
        }

        for (int pixel = 0; pixel < pixels; pixel++)
        {
            ReluGradient.Line<TSimd, TVector>(mask, from, to, channels);
            mask += stride;
            from += stride;
            to += channels;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TSimd, TVector>(in Band band, int batch, int group, int firstPanel, int endPanel)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int* places = stackalloc int[DepthBlock];
        float* weights = _arguments.Panels + ((nint)group * ColumnPanels.Padded(_arguments.Outputs) * _arguments.Depth);
        float* bias = _arguments.Bias == null ? null : _arguments.Bias + (group * ColumnPanels.Padded(_arguments.Outputs));
        int k = 0;
        do
        {
            int block = Math.Min(DepthBlock, _arguments.Depth - k);
            Places(band, k, block, places);
            bool last = k + block == _arguments.Depth;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int column = ColumnPanels.First(_arguments.Outputs, panel);
                int width = ColumnPanels.First(_arguments.Outputs, panel + 1) - column;
                Panel<TSimd, TVector>(
                    band,
                    batch,
                    group,
                    places,
                    block,
                    weights + ((nint)column * _arguments.Depth) + ((nint)k * width),
                    column,
                    width,
                    k > 0,
                    bias == null ? null : bias + column,
                    last && _arguments.Relu);
            }

            k += block;
        }
        while (k < _arguments.Depth);
    }

    /// <summary>Where the values k of a window are, counted from its first.</summary>
    private void Places(in Band band, int first, int count, int* places)
    {
        int channels = _arguments.GroupChannels;
        (int tap, int channel) = Math.DivRem(first, Math.Max(1, channels));
        (int row, int column) = Math.DivRem(tap, Math.Max(1, _arguments.Columns.Taps));
        for (int k = 0; k < count; k++)
        {
            places[k] = checked((int)((row * _arguments.Rows.TapStep * band.RowStride) +
                (column * _arguments.Columns.TapStep * band.PixelStride) + channel));
            if (++channel == channels)
            {
                channel = 0;
                if (++column == _arguments.Columns.Taps)
                {
                    column = 0;
                    row++;
                }
            }
        }
    }

    /// <summary>All positions of a band by one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Panel<TSimd, TVector>(
        in Band band,
        int batch,
        int group,
        int* places,
        int depth,
        float* b,
        int column,
        int width,
        bool add,
        float* bias,
        bool relu)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float** a = stackalloc float*[Tile.PanelRows];
        float** c = stackalloc float*[Tile.PanelRows];
        float** targets = stackalloc float*[Tile.PanelRows];
        float* edge = stackalloc float[Tile.PanelRows * ColumnPanels.WidestPanel];
        int across = _arguments.Columns.Count;
        nint rowStep = band.RowStride * _arguments.Rows.Step, columnStep = band.PixelStride * _arguments.Columns.Step;
        float* target = _arguments.Target + (batch * _arguments.TargetBatchStride) + (group * _arguments.Outputs) + column;
        int wanted = Math.Min(width, _arguments.Outputs - column);
        int pieces = (width + (3 * TSimd.Width) - 1) / (3 * TSimd.Width);
        int row = 0, at = 0, positions = band.Rows * across;
        for (int position = 0; position < positions; position += TSimd.TileRows)
        {
            int tileRows = Math.Min(TSimd.TileRows, positions - position);
            for (int r = 0; r < tileRows; r++)
            {
                a[r] = band.First + (row * rowStep) + (at * columnStep);
                targets[r] = target + ((band.FirstRow + row) * _arguments.TargetRowStride) + (at * _arguments.TargetColumnStride);
                if (++at == across)
                {
                    at = 0;
                    row++;
                }
            }

            for (int piece = 0; piece < pieces; piece++)
            {
                int first = ColumnPanels.Share(width / TSimd.Width, pieces, piece) * TSimd.Width;
                int columns = (ColumnPanels.Share(width / TSimd.Width, pieces, piece + 1) * TSimd.Width) - first;
                int kept = Math.Min(columns, wanted - first);
                bool direct = kept == columns;
                for (int r = 0; r < tileRows; r++)
                {
                    c[r] = direct ? targets[r] + first : edge + (r * columns);
                    if (!direct && add)
                    {
                        Unsafe.CopyBlockUnaligned(c[r], targets[r] + first, (uint)Math.Max(0, kept) * sizeof(float));
                    }
                }

                if (kept <= 0)
                {
                    break;
                }

                WindowTiles.Multiply<TSimd, TVector>(
                    tileRows, columns / TSimd.Width, a, places, depth, b + first, width, c, add, bias == null ? null : bias + first, relu);
                for (int r = 0; !direct && r < tileRows; r++)
                {
                    Unsafe.CopyBlockUnaligned(targets[r] + first, c[r], (uint)kept * sizeof(float));
                }
            }
        }
    }

    private struct Band
    {
        internal float* First;
        internal nint RowStride;
        internal nint PixelStride;
        internal int FirstRow;
        internal int Rows;
    }
}
