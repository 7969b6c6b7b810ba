using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>The sum of a whole array: rows of a fixed length in float, their sums in double, in order, so that the bits never vary.</summary>
internal static unsafe class Totals
{
    private const int Row = 2048;

    /// <summary>Σ x.</summary>
    internal static double Sum(float* x, long length)
    {
        long rows = length / Row;
        NativeBuffer buffer = NativeBuffer.Rent((rows + 1) * sizeof(float));
        try
        {
            float* sums = (float*)buffer.Pointer;
            RowReductions.Sums(x, sums, rows, Row);
            RowReductions.Sums(x + (rows * Row), sums + rows, 1, (int)(length % Row));
            double total = 0;
            for (long row = 0; row <= rows; row++)
            {
                total += sums[row];
            }

            return total;
        }
        finally
        {
            buffer.Release();
        }
    }
}
