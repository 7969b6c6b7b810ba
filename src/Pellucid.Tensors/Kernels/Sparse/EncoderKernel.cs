// The encoder's product with what follows it fused in, so that the dense matrix [rows, latents] never reaches memory: a block of rows is
// packed once and stays in the second cache; each panel of 48 latents is multiplied with it tile by tile (Goto and van de Geijn 2008),
// and a tile's rows go to the sink while they are in the first cache. Every value is b + Σ over k in order, as in Tile: its bits depend on
// nothing but its row, its latent and the instruction set.
using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Parts are blocks of rows by ranges of latents, numbered row block · splits + split; or, by latents, ranges of latents over all blocks of
/// rows in their order, so that what belongs to a latent is touched by one part only.
/// </summary>
internal readonly unsafe struct EncoderKernel<TSink>(EncoderArguments arguments, EncoderCut cut, TSink sink, bool byLatents) : IRangeKernel
    where TSink : struct, IEncoderSink
{
    private const int Width = PackedMatrix.PanelWidth;

    internal static void Run(in EncoderArguments arguments, in EncoderCut cut, in TSink sink) =>
        Dispatch.Run(new EncoderKernel<TSink>(arguments, cut, sink, byLatents: false), arguments.Rows == 0 ? 0 : cut.Parts, 1);

    internal static void RunByLatents(in EncoderArguments arguments, in EncoderCut cut, in TSink sink) =>
        Dispatch.Run(new EncoderKernel<TSink>(arguments, cut, sink, byLatents: true), arguments.Rows == 0 ? 0 : cut.Splits, 1);

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (byLatents)
        {
            start *= cut.RowBlocks;
            end *= cut.RowBlocks;
        }

        for (long part = start; part < end; part++)
        {
            int block = (int)(byLatents ? part % cut.RowBlocks : part / cut.Splits);
            int split = (int)(byLatents ? part / cut.RowBlocks : part % cut.Splits);
            int firstRow = cut.RowPanel(block) * Tile.PanelRows;
            int rows = Math.Min(arguments.Rows, cut.RowPanel(block + 1) * Tile.PanelRows) - firstRow;
            TSink own = sink;
            own.Begin((int)part, firstRow, rows);
            Part<TSimd, TVector>(ref own, firstRow, rows, cut.Panel(split), cut.Panel(split + 1));
            own.End<TSimd, TVector>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Part<TSimd, TVector>(ref TSink own, int firstRow, int rows, int firstPanel, int lastPanel)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int depthBlock = EncoderCut.DepthBlock;
        int width = arguments.Width, packedRows = (rows + Tile.PanelRows - 1) / Tile.PanelRows * Tile.PanelRows;
        float* packed = Scratch.Rent(0, ((long)packedRows * width) + ((long)packedRows * Width));
        float* tiles = packed + ((nint)packedRows * width);
        for (int k = 0; k < width; k += depthBlock)
        {
            Packing.PackRows(
                arguments.X + (firstRow * arguments.Stride) + k, arguments.Stride, 1, rows, Math.Min(depthBlock, width - k), packed + ((nint)k * packedRows));
        }

        for (int panel = firstPanel; panel < lastPanel; panel++)
        {
            int latent = panel * Width;
            float* weights = arguments.Panels + ((nint)latent * width);
            int k = 0;
            do
            {
                int depth = Math.Min(depthBlock, width - k);
                bool last = k + depth >= width;
                float* bias = k == 0 && arguments.Bias != null ? arguments.Bias + latent : null;
                for (int row = 0; row < rows; row += Tile.PanelRows)
                {
                    int count = Math.Min(Tile.PanelRows, rows - row);
                    float* tile = tiles + ((nint)row * Width);
                    PanelPair<TSimd, TVector>(
                        packed + ((nint)k * packedRows) + ((nint)row * depth), count, weights + ((nint)k * Width), depth, tile, k > 0, bias);
                    for (int r = 0; last && r < count; r++)
                    {
                        own.Take<TSimd, TVector>(row + r, tile + (r * Width), latent);
                    }
                }

                k += depthBlock;
            }
            while (k < width);
        }
    }

    /// <summary>One panel of rows by one panel of latents, in as many register tiles as the instruction set needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PanelPair<TSimd, TVector>(float* a, int rows, float* b, int depth, float* c, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int column = 0; column < Width; column += 3 * TSimd.Width)
        {
            for (int row = 0; row < rows; row += TSimd.TileRows)
            {
                Tiles.Multiply<TSimd, TVector>(
                    Math.Min(TSimd.TileRows, rows - row),
                    3,
                    a + row,
                    b + column,
                    Width,
                    depth,
                    c + (row * Width) + column,
                    Width,
                    add,
                    bias == null ? null : bias + column);
            }
        }
    }
}
