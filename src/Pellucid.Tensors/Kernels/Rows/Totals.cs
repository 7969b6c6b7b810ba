using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>Sums over a whole array: rows of a fixed length in float, their sums in double, in order, so that the bits never vary.</summary>
internal static unsafe class Totals
{
    private const int Row = 2048;

    /// <summary>Floats that the rows' sums take.</summary>
    internal static long Room(long length) => (length / Row) + 1;

    /// <summary>Σ x.</summary>
    internal static double Sum(float* x, long length)
    {
        NativeBuffer buffer = NativeBuffer.Rent(Room(length) * sizeof(float));
        try
        {
            float* sums = (float*)buffer.Pointer;
            long rows = length / Row;
            RowReductions.Sums(x, sums, rows, Row);
            RowReductions.Sums(x + (rows * Row), sums + rows, 1, (int)(length % Row));
            return Add(sums, length);
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>Σ x², with <see cref="Room"/> for the rows' sums.</summary>
    internal static double SumOfSquares(float* x, long length, float* room)
    {
        long rows = length / Row;
        float* rest = x + (rows * Row);
        RowReductions.Dots(x, x, room, rows, Row);
        RowReductions.Dots(rest, rest, room + rows, 1, (int)(length % Row));
        return Add(room, length);
    }

    private static double Add(float* sums, long length)
    {
        double total = 0;
        for (long row = 0; row < Room(length); row++)
        {
            total += sums[row];
        }

        return total;
    }
}
