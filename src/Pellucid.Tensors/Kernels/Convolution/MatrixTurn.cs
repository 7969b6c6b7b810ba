namespace Pellucid.Tensors.Kernels;

/// <summary>Matrices [row, column] turned into [column, row]: images between channels first and channels last. An item is a few columns.</summary>
internal readonly unsafe struct MatrixTurn(float* from, int rows, int columns, float* to) : IRangeKernel
{
    private const int Block = 64;

    internal static void Run(float* from, int batch, int rows, int columns, float* to) =>
        Dispatch.RunRows(new MatrixTurn(from, rows, columns, to), (long)batch * ((columns + Block - 1) / Block), (long)rows * Block, 2);

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int blocks = (columns + Block - 1) / Block;
        for (long item = start; item < end; item++)
        {
            (long batch, long block) = Math.DivRem(item, blocks);
            nint matrix = (nint)batch * rows * columns;
            int first = (int)block * Block;
            Packing.Interleave(from + matrix + first, columns, rows, Math.Min(Block, columns - first), to + matrix + ((nint)first * rows), rows);
        }
    }
}
