using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The product with a matrix of <see cref="DType.Q8"/>. A's rows are rounded to 16-bit integers first (<see cref="QuantizedRows"/>), products of integers are summed
/// exactly within a block of 32 inputs, and blocks in single precision: twice the speed of single precision with many rows, as a multiplication takes two pairs
/// of inputs at once, and a third of its time with one, as little is read. A part is a block of C; a panel of B, of any usual depth, stays in the second-level
/// cache while the part's rows go by.
/// </summary>
internal readonly unsafe struct QuantizedProduct : IRangeKernel
{
    private const int Width = PackedMatrix.PanelWidth;
    private const int QuantizedSlot = 0;

    /// <summary>Integers of packed A at a time: 32 MB.</summary>
    private const long MostPacked = 8 << 20;

    /// <summary>Bytes from what a single row reads to what it asks for: the processor's own prefetching stops at the end of a page.</summary>
    private const int Ahead = 4096;

    private readonly ProductArguments _arguments;
    private readonly ProductBlocks _blocks;
    private readonly int* _integers;
    private readonly float* _scales;

    private QuantizedProduct(in ProductArguments arguments, in ProductBlocks blocks, int* integers, float* scales)
    {
        (_arguments, _blocks) = (arguments, blocks);
        _integers = integers;
        _scales = scales;
    }

    internal static void Run(in ProductArguments all)
    {
        ProductArguments arguments = all;
        nint pairs = QuantizedRows.PanelPairs(all.Depth), scales = QuantizedRows.PanelScales(all.Depth);
        int most = (int)Math.Max(1, Math.Min(int.MaxValue / Tile.PanelRows, MostPacked / Math.Max(1, pairs))) * Tile.PanelRows;
        for (int row = 0; row < all.Rows; row += most)
        {
            arguments.Rows = Math.Min(most, all.Rows - row);
            arguments.A = all.A + (row * all.StrideRow);
            arguments.C = all.C + (row * all.StrideC);
            int panels = ProductBlocks.CeilingDivide(arguments.Rows, Tile.PanelRows);
            int* integers = (int*)Scratch.Rent(QuantizedSlot, panels * (long)(pairs + scales));
            float* factors = (float*)integers + (panels * pairs);
            Dispatch.Run(
                new QuantizedRows(arguments.A, arguments.StrideRow, arguments.Rows, arguments.Depth, integers, factors),
                panels, Math.Max(1, (int)(Dispatch.Grain / Math.Max(1, 2 * pairs))));
            ProductBlocks blocks = arguments.Rows > 1
                ? new(arguments.Rows, arguments.Columns, Math.Max(1, arguments.Depth / 2))
                : ProductBlocks.OfRow(arguments.Columns, QuantizedLayout.PanelBytes(arguments.Depth));
            Dispatch.Run(new QuantizedProduct(arguments, blocks, integers, factors), blocks.Count, blocks.Small ? long.MaxValue : 1);
        }
    }

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long part = start; part < end; part++)
        {
            if (typeof(TSimd) == typeof(Avx512Simd) && Avx512BW.IsSupported)
            {
                Block<TSimd, TVector, Avx512Screen, Vector512<int>>(part);
            }
            else if (typeof(TSimd) == typeof(Avx2Simd))
            {
                Block<TSimd, TVector, Avx2Screen, Vector256<int>>(part);
            }
            else
            {
                Block<TSimd, TVector, PortableScreen, Vector128<int>>(part);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TSimd, TVector, TScreen, TInteger>(long part)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TScreen : struct, IScreenSimd<TInteger>
        where TInteger : struct
    {
        int firstRow = (int)(part / _blocks.ColumnCount) * _blocks.Rows, lastRow = Math.Min(firstRow + _blocks.Rows, _arguments.Rows);
        int firstColumn = (int)(part % _blocks.ColumnCount) * _blocks.Columns, lastColumn = Math.Min(firstColumn + _blocks.Columns, _arguments.Columns);
        float* tile = stackalloc float[Tile.PanelRows * Width];
        for (int column = firstColumn; column < lastColumn; column += Width)
        {
            byte* panel = _arguments.Panels + (column / Width * QuantizedLayout.PanelBytes(_arguments.Depth));
            byte* next = _arguments.Rows == 1 ? panel + Ahead : column + Width < lastColumn ? panel + QuantizedLayout.PanelBytes(_arguments.Depth) : null;
            int width = Math.Min(Width, lastColumn - column);
            for (int row = firstRow; row < lastRow; row += Tile.PanelRows)
            {
                int rows = Math.Min(Tile.PanelRows, lastRow - row);
                float* c = _arguments.C + (row * _arguments.StrideC) + column;
                Begin(tile, c, rows, width, column);
                int* a = _integers + (row / Tile.PanelRows * QuantizedRows.PanelPairs(_arguments.Depth));
                float* scales = _scales + (row / Tile.PanelRows * QuantizedRows.PanelScales(_arguments.Depth));
                for (int within = 0; within < Width; within += 3 * TScreen.Width)
                {
                    for (int first = 0; first < rows; first += TScreen.TileRows)
                    {
                        Multiply<TScreen, TInteger>(
                            Math.Min(TScreen.TileRows, rows - first), a + first, scales + first, panel, within, tile + (first * Width) + within,
                            row + within + first == firstRow ? next : null);
                    }
                }

                for (int index = 0; index < rows; index++)
                {
                    Unsafe.CopyBlockUnaligned(c + (index * _arguments.StrideC), tile + (index * Width), (uint)width * sizeof(float));
                }

                if (_arguments.Activation != Activation.None)
                {
                    ProductEnd.Apply<TSimd, TVector>(_arguments.Activation, c, _arguments.StrideC, rows, width);
                }
            }
        }
    }

    /// <summary>What the products are added to: (C or 0) (+ bias).</summary>
    private void Begin(float* tile, float* c, int rows, int width, int column)
    {
        new Span<float>(tile, rows * Width).Clear();
        for (int row = 0; row < rows && (_arguments.Accumulate || _arguments.Bias != null); row++)
        {
            for (int index = 0; index < width; index++)
            {
                float bias = _arguments.Bias == null ? 0 : _arguments.Bias[column + index];
                tile[(row * Width) + index] = _arguments.Accumulate ? c[(row * _arguments.StrideC) + index] + bias : bias;
            }
        }
    }

    private void Multiply<TScreen, TInteger>(int rows, int* a, float* scales, byte* panel, int column, float* tile, byte* next)
        where TScreen : struct, IScreenSimd<TInteger>
        where TInteger : struct
    {
        int blocks = QuantizedLayout.Blocks(_arguments.Depth);
        bool ask = next != null;
        switch (rows) // of the rest the next larger: what is computed of rows that are not there is not copied
        {
            case > 4:
                QuantizedTile.Multiply<TScreen, TInteger, Eight>(a, scales, panel, column, blocks, tile, ask ? next : panel, ask ? QuantizedLayout.PairBytes : 0);
                break;
            case > 2:
                QuantizedTile.Multiply<TScreen, TInteger, Four>(a, scales, panel, column, blocks, tile, ask ? next : panel, ask ? QuantizedLayout.PairBytes : 0);
                break;
            case 2:
                QuantizedTile.Multiply<TScreen, TInteger, Two>(a, scales, panel, column, blocks, tile, ask ? next : panel, ask ? QuantizedLayout.PairBytes : 0);
                break;
            default:
                QuantizedTile.Multiply<TScreen, TInteger, One>(a, scales, panel, column, blocks, tile, ask ? next : panel, ask ? QuantizedLayout.PairBytes : 0);
                break;
        }
    }
}
