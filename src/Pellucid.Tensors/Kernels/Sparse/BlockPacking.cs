using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// B [depth, width] in the order in which <see cref="ActiveProduct"/> reads it: [block of 48 rows][strip of eight vectors][48][strip], filled up with
/// zeros to whole blocks and strips. It depends on the instruction set.
/// </summary>
internal readonly unsafe struct BlockPacking(float* source, int depth, int width, float* blocks) : IRangeKernel
{
    /// <summary>Floats of a packed matrix, for any instruction set.</summary>
    internal static long Length(int depth, int width)
    {
        const int widest = ActiveProduct.Vectors * 16;
        return ((long)depth + ActiveProduct.Depth - 1) / ActiveProduct.Depth * ActiveProduct.Depth * ((width + widest - 1) / widest * widest);
    }

    internal static void Run(float* source, int depth, int width, float* blocks) =>
        Dispatch.Run(new BlockPacking(source, depth, width, blocks), (depth + ActiveProduct.Depth - 1) / ActiveProduct.Depth, 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int columns = ActiveProduct.Vectors * TSimd.Width, strips = (width + columns - 1) / columns;
        nint strip = (nint)ActiveProduct.Depth * columns;
        for (long block = start; block < end; block++)
        {
            float* to = blocks + ((nint)block * strips * strip);
            int first = (int)block * ActiveProduct.Depth, rows = Math.Min(ActiveProduct.Depth, depth - first);
            if (rows < ActiveProduct.Depth || width % columns != 0)
            {
                new Span<float>(to, checked((int)(strips * strip))).Clear();
            }

            for (int row = 0; row < rows; row++)
            {
                float* from = source + ((nint)(first + row) * width);
                for (int index = 0; index < strips; index++)
                {
                    int count = Math.Min(columns, width - (index * columns));
                    new Span<float>(from + (index * columns), count).CopyTo(new Span<float>(to + (index * strip) + ((nint)row * columns), count));
                }
            }
        }
    }
}
