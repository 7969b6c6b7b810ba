using System.Runtime.CompilerServices;
using Pellucid.Tensors.Memory;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution to its weights: dW [k, output] = Σ over positions of window[position, k] · dy[position, output], a product
/// whose depth is the positions. A part is a block of k, for which it goes through all positions in order, block by block: it gathers its
/// eight values of each window straight into a panel of A, and dy into panels of B.
/// </summary>
internal readonly unsafe struct ConvolutionWeightGradient : IRangeKernel
{
    private const int PositionBlock = 192;
    private const int MostRows = 96;
    private const int WantedParts = 12;
    private const int PanelSlot = 2;

    private readonly ConvolutionShape _shape;
    private readonly float* _image;
    private readonly nint _rowStride;
    private readonly nint _batchStride;
    private readonly float* _dy;
    private readonly float* _dw;
    private readonly int _rows;

    private ConvolutionWeightGradient(in ConvolutionShape shape, float* image, nint rowStride, nint batchStride, float* dy, float* dw)
    {
        _shape = shape;
        _image = image;
        _rowStride = rowStride;
        _batchStride = batchStride;
        _dy = dy;
        _dw = dw;
        int rows = (Depth + (WantedParts / shape.Groups)) / Math.Max(1, WantedParts / shape.Groups);
        _rows = Math.Clamp((rows + Tile.PanelRows - 1) / Tile.PanelRows * Tile.PanelRows, Tile.PanelRows, MostRows);
    }

    /// <summary>Rows of dW: values of a window of one group.</summary>
    private int Depth => _shape.Kernel.Height * _shape.Kernel.Width * _shape.GroupInputs;

    private int Blocks => (Depth + _rows - 1) / _rows;

    /// <summary>
    /// dw [output, input of the group, kernel row, kernel column] from x and dy [batch, row, column, output]; a fused ReLU's gradient has
    /// been taken.
    /// </summary>
    internal static void Run(float* x, float* dy, in ConvolutionShape shape, float* dw)
    {
        long weights = (long)shape.Outputs * shape.GroupInputs * shape.Kernel.Height * shape.Kernel.Width;
        if (shape.Batch == 0 || shape.OutHeight == 0 || shape.OutWidth == 0 || weights == 0)
        {
            new Span<float>(dw, checked((int)weights)).Clear();
            return;
        }

        if (shape.IsDepthwise)
        {
            DepthwiseWeightGradient.Run(x, dy, shape, dw);
            return;
        }

        Padding2D padding = shape.Padding;
        int height = shape.Height + padding.Top + padding.Bottom, width = shape.Width + padding.Left + padding.Right;
        NativeBuffer? padded = null;
        if (!padding.IsNone)
        {
            padded = NativeBuffer.Rent((long)shape.Batch * height * width * shape.Inputs * sizeof(float));
            BorderKernel.Pad(x, shape.Batch, shape.Height, shape.Width, shape.Inputs, padding, 0, (float*)padded.Pointer);
            x = (float*)padded.Pointer;
        }

        ConvolutionWeightGradient kernel = new(
            shape, x, (nint)width * shape.Inputs, (nint)height * width * shape.Inputs, dy, dw);
        Dispatch.Run(kernel, (long)shape.Groups * kernel.Blocks, 1);
        padded?.Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int Width = PackedMatrix.PanelWidth;
        int outputs = _shape.GroupOutputs, padded = (outputs + Width - 1) / Width * Width;
        int positions = checked(_shape.Batch * _shape.OutHeight * _shape.OutWidth);
        float* a = Scratch.Rent(PanelSlot, ((long)PositionBlock * (_rows + padded)) + ((long)_rows * padded));
        float* b = a + ((nint)PositionBlock * _rows);
        float* sums = b + ((nint)PositionBlock * padded);
        int* places = stackalloc int[MostRows];
        nint* windows = stackalloc nint[PositionBlock];
        for (long part = start; part < end; part++)
        {
            (long group, long block) = Math.DivRem(part, Blocks);
            int first = (int)block * _rows, rows = Math.Min(_rows, Depth - first);
            Places((int)group, first, rows, places);
            for (int position = 0; position < positions; position += PositionBlock)
            {
                int count = Math.Min(PositionBlock, positions - position);
                Windows(position, count, windows);
                Gather(places, rows, windows, count, a);
                float* gradient = _dy + ((nint)position * _shape.Outputs) + (group * outputs);
                for (int column = 0; column < outputs; column += Width)
                {
                    float* panel = b + ((nint)column * PositionBlock);
                    Packing.PackColumns(gradient + column, _shape.Outputs, 1, count, Math.Min(Width, outputs - column), panel);
                    Multiply<TSimd, TVector>(a, rows, panel, count, sums + column, padded, Math.Min(Width, outputs - column), position > 0);
                }
            }

            Write((int)group, first, rows, sums, padded);
        }
    }

    private static void Multiply<TSimd, TVector>(float* a, int rows, float* b, int depth, float* c, nint strideC, int columns, bool add)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int row = 0; row < rows; row += Tile.PanelRows)
        {
            int count = Math.Min(Tile.PanelRows, rows - row);
            for (int inner = 0; inner < count; inner += TSimd.TileRows)
            {
                for (int column = 0; column < columns; column += 3 * TSimd.Width)
                {
                    int vectors = Math.Min(3, (columns - column + TSimd.Width - 1) / TSimd.Width);
                    Tiles.Multiply<TSimd, TVector>(
                        Math.Min(TSimd.TileRows, count - inner),
                        vectors,
                        a + ((nint)row * depth) + inner,
                        b + column,
                        PackedMatrix.PanelWidth,
                        depth,
                        c + ((row + inner) * strideC) + column,
                        strideC,
                        add,
                        null);
                }
            }
        }
    }

    /// <summary>Where the values k of a window are, counted from its first in the padded image.</summary>
    private void Places(int group, int first, int count, int* places)
    {
        for (int k = 0; k < count; k++)
        {
            (int tap, int channel) = Math.DivRem(first + k, _shape.GroupInputs);
            (int row, int column) = Math.DivRem(tap, _shape.Kernel.Width);
            places[k] = checked((int)((row * _shape.Dilation.Height * _rowStride) +
                ((nint)column * _shape.Dilation.Width * _shape.Inputs) + (group * _shape.GroupInputs) + channel));
        }
    }

    private void Windows(int first, int count, nint* windows)
    {
        (int line, int column) = Math.DivRem(first, _shape.OutWidth);
        (int batch, int row) = Math.DivRem(line, _shape.OutHeight);
        for (int i = 0; i < count; i++)
        {
            windows[i] = (batch * _batchStride) + (row * _shape.Stride.Height * _rowStride) +
                ((nint)column * _shape.Stride.Width * _shape.Inputs);
            if (++column == _shape.OutWidth)
            {
                column = 0;
                if (++row == _shape.OutHeight)
                {
                    row = 0;
                    batch++;
                }
            }
        }
    }

    /// <summary>Panels of eight k: <c>[position][8]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(int* places, int rows, nint* windows, int count, float* panels)
    {
        for (int row = 0; row < rows; row += Tile.PanelRows)
        {
            int width = Math.Min(Tile.PanelRows, rows - row);
            int* place = places + row;
            if (width == Tile.PanelRows && place[Tile.PanelRows - 1] - place[0] == Tile.PanelRows - 1)
            {
                float* from = _image + place[0];
                for (int position = 0; position < count; position++)
                {
                    System.Runtime.Intrinsics.Vector256.Store(
                        System.Runtime.Intrinsics.Vector256.Load(from + windows[position]), panels + (position * Tile.PanelRows));
                }
            }
            else
            {
                for (int position = 0; position < count; position++)
                {
                    float* from = _image + windows[position];
                    for (int r = 0; r < width; r++)
                    {
                        panels[(position * Tile.PanelRows) + r] = from[place[r]];
                    }
                }
            }

            panels += (nint)count * Tile.PanelRows;
        }
    }

    private void Write(int group, int first, int rows, float* sums, nint stride)
    {
        int taps = _shape.Kernel.Height * _shape.Kernel.Width;
        for (int n = 0; n < _shape.GroupOutputs; n++)
        {
            float* target = _dw + (((nint)group * _shape.GroupOutputs) + n) * _shape.GroupInputs * taps;
            for (int k = 0; k < rows; k++)
            {
                (int tap, int channel) = Math.DivRem(first + k, _shape.GroupInputs);
                target[((nint)channel * taps) + tap] = sums[(k * stride) + n];
            }
        }
    }
}
