using System.Runtime.CompilerServices;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// sums [width] = Σ over rows of x [rows, width], or of x · z: gradients to a bias or to a channel's scale. Blocks of rows are summed by
/// themselves and the blocks' sums added in order, so the bits depend on the number of rows alone.
/// </summary>
internal readonly unsafe struct ChannelSums(float* x, float* z, long rows, int width, float* blocks) : IRangeKernel
{
    private const long RowsEach = 512;

    internal static void Run(float* x, float* z, long rows, int width, float* sums)
    {
        long count = (rows + RowsEach - 1) / RowsEach;
        NativeBuffer blocks = NativeBuffer.Rent(Math.Max(1, count) * width * sizeof(float));
        float* partial = (float*)blocks.Pointer;
        Dispatch.RunRows(new ChannelSums(x, z, rows, width, partial), count, RowsEach * width);
        new Span<float>(sums, width).Clear();
        for (long block = 0; block < count; block++)
        {
            for (int channel = 0; channel < width; channel++)
            {
                sums[channel] += partial[(block * width) + channel];
            }
        }

        blocks.Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long block = start; block < end; block++)
        {
            long last = Math.Min(rows, (block + 1) * RowsEach);
            for (int channel = 0; channel < width; channel += TSimd.Width)
            {
                int count = Math.Min(TSimd.Width, width - channel);
                TVector sum = TSimd.Broadcast(0);
                for (long row = block * RowsEach; row < last; row++)
                {
                    nint at = (nint)(row * width) + channel;
                    TVector value = count == TSimd.Width ? TSimd.Load(x + at) : TSimd.LoadFirst(x + at, count);
                    sum = z == null ? TSimd.Add(sum, value)
                        : TSimd.MultiplyAdd(value, count == TSimd.Width ? TSimd.Load(z + at) : TSimd.LoadFirst(z + at, count), sum);
                }

                TSimd.StoreFirst(blocks + (block * width) + channel, sum, count);
            }
        }
    }
}
