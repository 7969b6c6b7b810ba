using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The product of several rows, blocked for the caches (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication"): A
/// is packed once; a part is a block of C, which for each block of k runs over panels of B and, within each, panels of A. Departure: the
/// packed A is shared by all threads, and a block of C is only as wide as a part should be long.
/// </summary>
internal readonly unsafe struct BlockedProduct<TStorage> : IRangeKernel
    where TStorage : struct, IPanelStorage
{
    private const int Width = PackedMatrix.PanelWidth;

    /// <summary>A panel of B of this depth, and the rows of A of a block, fit the second-level cache together.</summary>
    private const int DepthBlock = 768;

    /// <summary>k is cut here so that the packed A stays small; each cut adds a reading of C.</summary>
    private const int DepthChunk = 4 * DepthBlock;

    /// <summary>Floats of packed A at a time: 16 MB.</summary>
    private const int MostPacked = 4 << 20;

    private const int PanelSlot = 1; // of a panel that a thread packs for itself

    /// <summary>Panels of A that go by until the next panel of B has been asked for, a line for each k.</summary>
    private static int LinesOfRow => Width * TStorage.Size / Tile.Line;

    private readonly ProductArguments _arguments;
    private readonly ProductBlocks _blocks;
    private readonly float* _packed;
    private readonly int _depthBlock;
    private readonly int _firstK;
    private readonly int _chunk;
    private readonly int _takers;

    private BlockedProduct(
        in ProductArguments arguments, in ProductBlocks blocks, float* packed, int firstK, int chunk, int depthBlock, int takers)
    {
        _arguments = arguments;
        _blocks = blocks;
        _packed = packed;
        _firstK = firstK;
        _chunk = chunk;
        _depthBlock = depthBlock;
        _takers = takers;
    }

    internal static void Run(in ProductArguments all)
    {
        ProductArguments arguments = all;
        int deepest = Math.Min(arguments.Depth, DepthChunk);
        int depthBlock = arguments.Rows <= Tile.PanelRows ? DepthChunk : EqualBlock(deepest); // a single panel of A is read once in any case
        int most = Math.Max(1, MostPacked / Tile.PanelRows / Math.Max(1, deepest)) * Tile.PanelRows;
        for (int row = 0; row < all.Rows; row += most)
        {
            arguments.Rows = Math.Min(most, all.Rows - row);
            arguments.A = all.A + (row * all.StrideRow);
            arguments.C = all.C + (row * all.StrideC);
            ProductBlocks blocks = new(arguments.Rows, arguments.Columns, deepest, packed: all.Panels != null);
            float* packed = Scratch.Rent(0, PackedLength(arguments.Rows, deepest));
            int k = 0;
            do
            {
                int chunk = Math.Min(DepthChunk, arguments.Depth - k);
                RowPacking.Run(
                    arguments.A + (k * arguments.StrideDepth), arguments.StrideRow, arguments.StrideDepth, arguments.Rows, chunk, depthBlock,
                    packed);
                BlockedProduct<TStorage> kernel = new(arguments, blocks, packed, k, chunk, depthBlock, Workers.Count);
                Dispatch.Run(kernel, blocks.Count, blocks.Small ? long.MaxValue : 1);
                k += DepthChunk;
            }
            while (k < arguments.Depth);
        }
    }

    /// <summary>The depth of blocks of equal size, but for the last's rest: 1024 is cut into 512 and 512, not into 768 and 256.</summary>
    private static int EqualBlock(int depth) =>
        Math.Max(1, ProductBlocks.CeilingDivide(depth, Math.Max(1, ProductBlocks.CeilingDivide(depth, DepthBlock))));

    /// <summary>The whole product on the calling thread, its A packed into <paramref name="packed"/>.</summary>
    internal static void RunHere<TSimd, TVector>(in ProductArguments arguments, float* packed)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int deepest = Math.Min(arguments.Depth, DepthChunk);
        ProductBlocks blocks = new(arguments.Rows, arguments.Columns, deepest);
        int k = 0;
        do
        {
            int chunk = Math.Min(DepthChunk, arguments.Depth - k);
            new RowPacking(
                arguments.A + (k * arguments.StrideDepth), arguments.StrideRow, arguments.StrideDepth, arguments.Rows, chunk, DepthBlock, packed)
                .Run<TSimd, TVector>(0, ProductBlocks.CeilingDivide(arguments.Rows, Tile.PanelRows));
            new BlockedProduct<TStorage>(arguments, blocks, packed, k, chunk, DepthBlock, takers: 1).Run<TSimd, TVector>(0, blocks.Count);
            k += DepthChunk;
        }
        while (k < arguments.Depth);
    }

    /// <summary>Floats of A packed.</summary>
    internal static long PackedLength(int rows, int depth) =>
        (long)ProductBlocks.CeilingDivide(rows, Tile.PanelRows) * Tile.PanelRows * depth;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long part = start; part < end; part++)
        {
            int row = (int)(part / _blocks.ColumnCount) * _blocks.Rows;
            int column = (int)(part % _blocks.ColumnCount) * _blocks.Columns;
            int rows = Math.Min(_blocks.Rows, _arguments.Rows - row);
            int columns = Math.Min(_blocks.Columns, _arguments.Columns - column);
            int k = 0;
            do
            {
                int next = k + _depthBlock;
                byte* after = next < _chunk ? Panel(column, next) : Panel(LikelyNext(part), 0);
                Block<TSimd, TVector>(row, rows, column, columns, k, Math.Min(_depthBlock, _chunk - k), after);
                k = next;
            }
            while (k < _chunk);
        }
    }

    /// <summary>
    /// The first column of the part that this thread will take next if all threads take turns: a guess, which decides what is prefetched and
    /// nothing else.
    /// </summary>
    private int LikelyNext(long part) =>
        (int)((part + _takers < _blocks.Count ? part + _takers : part) % _blocks.ColumnCount) * _blocks.Columns;

    private byte* Panel(int column, int k) =>
        _arguments.Panels == null ? null : _arguments.Panels + ((((nint)column * _arguments.Depth) + ((nint)(_firstK + k) * Width)) * TStorage.Size);

    /// <summary>Packs a panel of B for this thread; it stays in the second-level cache while all rows of the block read it.</summary>
    private byte* PackedHere(int column, int k, int depth)
    {
        float* panel = Scratch.Rent(PanelSlot, (long)depth * Width);
        float* source = _arguments.Source + ((_firstK + k) * _arguments.StrideSourceDepth) + (column * _arguments.StrideSourceColumn);
        Packing.PackColumns(
            source, _arguments.StrideSourceDepth, _arguments.StrideSourceColumn, depth, Math.Min(Width, _arguments.Columns - column), panel);
        return (byte*)panel;
    }

    /// <summary>A block of C and a block of k, the latter counted from the chunk's first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TSimd, TVector>(int firstRow, int rows, int firstColumn, int columns, int k, int depth, byte* after)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* a = _packed + PackedLength(_arguments.Rows, k) + ((nint)firstRow * depth);
        bool add = _arguments.Accumulate || _firstK + k > 0;
        float* bias = _firstK + k == 0 ? _arguments.Bias : null;
        bool last = _firstK + k + depth >= _arguments.Depth;
        Activation activation = last ? _arguments.Activation : Activation.None;
        for (int column = firstColumn; column < firstColumn + columns; column += Width)
        {
            byte* b = _arguments.Panels == null ? PackedHere(column, k, depth) : Panel(column, k);
            byte* next = column + Width < firstColumn + columns ? Panel(column + Width, k) : after;
            float* c = _arguments.C + (firstRow * _arguments.StrideC) + column;
            int width = Math.Min(Width, firstColumn + columns - column);
            float* panelBias = bias == null ? null : bias + column;
            for (int row = 0; row < rows; row += Tile.PanelRows)
            {
                int count = Math.Min(Tile.PanelRows, rows - row);
                float* target = c + (row * _arguments.StrideC);
                if (row + Tile.PanelRows < rows)
                {
                    Prefetch<TSimd, TVector>(target + (Tile.PanelRows * _arguments.StrideC));
                }

                int panelOfRows = row / Tile.PanelRows;
                byte* line = next == null || panelOfRows >= LinesOfRow ? null : next + ((nint)panelOfRows * depth * Tile.Line);
                PanelPair<TSimd, TVector>(a + ((nint)row * depth), count, b, depth, target, width, add, panelBias, line);
                if (activation != Activation.None)
                {
                    ProductEnd.Apply<TSimd, TVector>(activation, target, _arguments.StrideC, count, width);
                }
            }
        }
    }

    /// <summary>Asks for the part of C that the next panel of A will write or add to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch<TSimd, TVector>(float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int LineLength = Tile.Line / sizeof(float);
        for (int row = 0; row < Tile.PanelRows; row++, c += _arguments.StrideC)
        {
            TSimd.Prefetch(c);
            TSimd.Prefetch(c + LineLength);
            TSimd.Prefetch(c + (2 * LineLength));
        }
    }

    /// <summary>One panel of A by one panel of B, in as many register tiles as the instruction set needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PanelPair<TSimd, TVector>(float* a, int rows, byte* b, int depth, float* c, int width, bool add, float* bias, byte* next)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int column = 0; column < width; column += 3 * TSimd.Width)
        {
            int count = Math.Min(3 * TSimd.Width, width - column);
            byte* panel = b + (column * TStorage.Size);
            for (int row = 0; row < rows; row += TSimd.TileRows)
            {
                int tileRows = Math.Min(TSimd.TileRows, rows - row);
                bool ask = next != null && row + column == 0; // the first tile asks for the panel's share of lines
                float* target = c + (row * _arguments.StrideC) + column;
                float* tileBias = bias == null ? null : bias + column;
                if (count % TSimd.Width == 0)
                {
                    Tiles.Multiply<TSimd, TVector, TStorage>(
                        tileRows, count / TSimd.Width, a + row, panel, Width, depth, target, _arguments.StrideC, add, tileBias,
                        ask ? next : panel, ask ? Tile.Line : 0);
                }
                else
                {
                    Edge<TSimd, TVector>(tileRows, count, a + row, panel, depth, target, add, tileBias);
                }
            }
        }
    }

    /// <summary>A tile with fewer columns than vectors have: computed in a buffer, whose first columns are C's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Edge<TSimd, TVector>(int rows, int count, float* a, byte* b, int depth, float* c, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
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
        Tiles.Multiply<TSimd, TVector, TStorage>(rows, vectors, a, b, Width, depth, tile, Width, add, bias == null ? null : tileBias, b, 0);
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(c + (row * _arguments.StrideC), tile + (row * Width), bytes);
        }
    }
}
