using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>y [rows, width] = x · factor [width] + addend [width]; a null addend is zeros.</summary>
internal readonly unsafe struct ChannelAffine(float* x, float* factor, float* addend, float* y, int width) : IRangeKernel
{
    internal static void Run(float* x, float* factor, float* addend, float* y, long rows, int width) =>
        Dispatch.RunRows(new ChannelAffine(x, factor, addend, y, width), rows, width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long row = start; row < end; row++)
        {
            float* from = x + (row * width), to = y + (row * width);
            for (int channel = 0; channel < width; channel += TSimd.Width)
            {
                int count = Math.Min(TSimd.Width, width - channel);
                TVector shift = addend == null ? TSimd.Broadcast(0) : TSimd.LoadFirst(addend + channel, count);
                TVector value = TSimd.MultiplyAdd(TSimd.LoadFirst(from + channel, count), TSimd.LoadFirst(factor + channel, count), shift);
                TSimd.StoreFirst(to + channel, value, count);
            }
        }
    }
}
