using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Sums over the rows of an array, which several parts make together: each part sums a chunk of rows, whose length depends on the size
/// alone, into a row of its own; the chunks' sums are then added in order, so that the bits never vary.
/// </summary>
internal readonly unsafe struct RowChunks
{
    private const long FloatsOfChunk = 2 * Dispatch.Grain;
    private const long LeastRows = 16;

    private readonly NativeBuffer _buffer;
    private readonly long _rows;
    private readonly int _width;

    private RowChunks(long rows, int width)
    {
        _rows = rows;
        _width = width;
        Size = Math.Max(LeastRows, FloatsOfChunk / Math.Max(1, width));
        Count = (rows + Size - 1) / Size;
        _buffer = NativeBuffer.Rent(Math.Max(1, Count) * width * sizeof(float));
    }

    /// <summary>Rows of a chunk.</summary>
    internal long Size { get; }

    internal long Count { get; }

    /// <summary>The chunks of arrays of some rows, each with <paramref name="width"/> sums. To be released.</summary>
    internal static RowChunks Rent(long rows, int width) => new(rows, width);

    internal void Release() => _buffer.Release();

    /// <summary>Where a chunk's sums go: width floats with undefined contents.</summary>
    internal float* Sums(long chunk) => (float*)_buffer.Pointer + (chunk * _width);

    internal long First(long chunk) => chunk * Size;

    internal long End(long chunk) => Math.Min((chunk + 1) * Size, _rows);

    /// <summary>sums [count] = (sums or 0) + Σ over chunks of the columns from <paramref name="column"/> on.</summary>
    internal void Total(int column, int count, float* sums, bool accumulate)
    {
        if (!accumulate)
        {
            new Span<float>(sums, count).Clear();
        }

        Dispatch.Run(new TotalKernel(this, column, sums), count, Math.Max(64, Dispatch.Grain / Math.Max(1, Count)));
    }

    private readonly struct TotalKernel(RowChunks chunks, int column, float* sums) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long chunk = 0; chunk < chunks.Count; chunk++)
            {
                float* from = chunks.Sums(chunk) + column + start, to = sums + start;
                BinaryKernel<AddOperation>.Line<TSimd, TVector>(default, to, from, to, (nint)(end - start));
            }
        }
    }
}
