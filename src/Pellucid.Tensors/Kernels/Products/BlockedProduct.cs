using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The product of many rows, blocked for the caches (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication"): a
/// part is a block of C; for each block of k it packs its rows of A into the thread's own buffer, then runs over panels of B and, within
/// each, panels of A.
/// </summary>
internal readonly unsafe struct BlockedProduct : IRangeKernel
{
    private const int DepthBlock = 768;
    private const int MostRows = 192;
    private const int MostColumns = 768;
    private const int FewestRows = 32;
    private const int FewestColumns = 96;
    private const int WantedParts = 12;
    private const double LeastWork = 1 << 18; // multiply-adds worth sharing: some four microseconds

    private readonly ProductArguments _arguments;
    private readonly int _rowBlock;
    private readonly int _columnBlock;

    private BlockedProduct(ProductArguments arguments)
    {
        _arguments = arguments;
        _rowBlock = RoundUp(Math.Min(MostRows, arguments.Rows), Tile.PanelRows);
        _columnBlock = RoundUp(Math.Min(MostColumns, arguments.Columns), PackedMatrix.PanelWidth);

        // Smaller blocks while there are too few for the processors to share and each is still worth handing out. Cutting rows makes B be
        // read
        // again, cutting columns makes A be packed again, which costs more.
        while (Parts < WantedParts && Work > LeastWork)
        {
            if (_rowBlock > FewestRows && (_rowBlock > _columnBlock / 4 || _columnBlock <= FewestColumns))
            {
                _rowBlock = RoundUp(_rowBlock / 2, Tile.PanelRows);
            }
            else if (_columnBlock > FewestColumns)
            {
                _columnBlock = RoundUp(_columnBlock / 2, PackedMatrix.PanelWidth);
            }
            else
            {
                break;
            }
        }

        // Blocks of equal size, in whole panels, so that no thread waits for another's larger one.
        _rowBlock = RoundUp((int)((arguments.Rows + RowBlocks - 1) / RowBlocks), Tile.PanelRows);
    }

    private long RowBlocks => ((long)_arguments.Rows + _rowBlock - 1) / _rowBlock;

    private long ColumnBlocks => ((long)_arguments.Columns + _columnBlock - 1) / _columnBlock;

    private long Parts => RowBlocks * ColumnBlocks;

    private double Work => (double)Math.Min(_rowBlock, _arguments.Rows) * Math.Min(_columnBlock, _arguments.Columns) * _arguments.Depth;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    internal static void Run(in ProductArguments arguments)
    {
        BlockedProduct kernel = new(arguments);
        double total = (double)arguments.Rows * arguments.Columns * arguments.Depth;
        Dispatch.Run(kernel, kernel.Parts, total < LeastWork ? long.MaxValue : Math.Max(1, (long)(LeastWork / 2 / kernel.Work)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        long columnBlocks = ColumnBlocks;
        for (long part = start; part < end; part++)
        {
            int row = (int)(part / columnBlocks * _rowBlock);
            int column = (int)(part % columnBlocks * _columnBlock);
            int rows = Math.Min(_rowBlock, _arguments.Rows - row);
            int columns = Math.Min(_columnBlock, _arguments.Columns - column);
            int k = 0;
            do
            {
                Block<TSimd, TVector>(row, rows, column, columns, k, Math.Min(DepthBlock, _arguments.Depth - k));
                k += DepthBlock;
            }
            while (k < _arguments.Depth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TSimd, TVector>(int firstRow, int rows, int firstColumn, int columns, int firstK, int depth)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int Width = PackedMatrix.PanelWidth;
        float* packed = Scratch.Rent(0, (long)MostRows * DepthBlock);
        float* a = _arguments.A + (firstRow * _arguments.StrideRow) + (firstK * _arguments.StrideDepth);
        Packing.PackRows(a, _arguments.StrideRow, _arguments.StrideDepth, rows, depth, packed);
        bool add = _arguments.Accumulate || firstK > 0;
        float* bias = firstK == 0 ? _arguments.Bias : null;
        for (int column = firstColumn; column < firstColumn + columns; column += Width)
        {
            float* b = _arguments.Panels + ((nint)column * _arguments.Depth) + ((nint)firstK * Width);
            float* c = _arguments.C + (firstRow * _arguments.StrideC) + column;
            int width = Math.Min(Width, firstColumn + columns - column);
            float* panelBias = bias == null ? null : bias + column;
            for (int row = 0; row < rows; row += Tile.PanelRows)
            {
                int count = Math.Min(Tile.PanelRows, rows - row);
                PanelPair<TSimd, TVector>(
                    packed + ((nint)row * depth), count, b, depth, c + (row * _arguments.StrideC), width, add, panelBias);
            }
        }
    }

    /// <summary>One panel of A by one panel of B, in as many register tiles as the instruction set needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PanelPair<TSimd, TVector>(float* a, int rows, float* b, int depth, float* c, int width, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int column = 0; column < width; column += 3 * TSimd.Width)
        {
            int count = Math.Min(3 * TSimd.Width, width - column);
            for (int row = 0; row < rows; row += TSimd.TileRows)
            {
                int tileRows = Math.Min(TSimd.TileRows, rows - row);
                float* target = c + (row * _arguments.StrideC) + column;
                float* tileBias = bias == null ? null : bias + column;
                if (count % TSimd.Width == 0)
                {
                    Tiles.Multiply<TSimd, TVector>(
                        tileRows, count / TSimd.Width, a + row, b + column, PackedMatrix.PanelWidth, depth, target, _arguments.StrideC,
                        add, tileBias);
                }
                else
                {
                    Edge<TSimd, TVector>(tileRows, count, a + row, b + column, depth, target, add, tileBias);
                }
            }
        }
    }

    /// <summary>A tile with fewer columns than vectors have: computed in a buffer, whose first columns are C's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Edge<TSimd, TVector>(int rows, int count, float* a, float* b, int depth, float* c, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int Width = PackedMatrix.PanelWidth;
        float* tile = stackalloc float[Tile.PanelRows * Width];
        float* tileBias = stackalloc float[Width];
        uint bytes = (uint)count * sizeof(float);
        if (bias != null)
        {
            Unsafe.CopyBlockUnaligned(tileBias, bias, bytes);
        }

        for (int row = 0; add && row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(tile + (row * Width), c + (row * _arguments.StrideC), bytes);
        }

        int vectors = (count + TSimd.Width - 1) / TSimd.Width;
        Tiles.Multiply<TSimd, TVector>(rows, vectors, a, b, Width, depth, tile, Width, add, bias == null ? null : tileBias);
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(c + (row * _arguments.StrideC), tile + (row * Width), bytes);
        }
    }
}
