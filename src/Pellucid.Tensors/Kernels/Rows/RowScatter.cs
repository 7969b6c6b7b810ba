using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Adding rows to chosen rows of a table: the gradient of taking rows from it, as an embedding does.</summary>
internal static unsafe class RowScatter
{
    private const int Columns = 64;

    /// <summary>
    /// table [.., width], row indices[i], += x [count, width], row i, for each i in order. Parts take columns, so that rows which occur
    /// twice are added in their order and by one part. Each index must be a row of the table.
    /// </summary>
    internal static void Add(float* x, int* indices, float* table, int count, int width)
    {
        long pieces = ((long)width + Columns - 1) / Columns;
        long grain = Math.Max(1, Dispatch.Grain / Math.Max(1, (long)count * Columns));
        Dispatch.Run(new AddKernel(x, indices, table, count, width), pieces, grain);
    }

    private readonly struct AddKernel(float* x, int* indices, float* table, int count, int width) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            int first = (int)start * Columns;
            int length = (int)Math.Min(end * Columns, width) - first;
            for (int index = 0; index < count; index++)
            {
                float* to = table + ((nint)indices[index] * width) + first;
                BinaryKernel<AddOperation>.Line<TSimd, TVector>(default, to, x + ((nint)index * width) + first, to, length);
            }
        }
    }
}
