using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of a depthwise convolution to its weights [channel, kernel row, kernel column]: for each tap and channel the sum over
/// positions of x · dy, channels side by side. An item is a tap of sixteen channels, which sums over all positions in order.
/// </summary>
internal readonly unsafe struct DepthwiseWeightGradient(float* x, float* dy, ConvolutionShape shape, float* dw) : IRangeKernel
{
    private const int Channels = 16;

    private int Groups => (shape.Inputs + Channels - 1) / Channels;

    internal static void Run(float* x, float* dy, in ConvolutionShape shape, float* dw)
    {
        DepthwiseWeightGradient kernel = new(x, dy, shape, dw);
        Dispatch.Run(kernel, (long)shape.Kernel.Height * shape.Kernel.Width * kernel.Groups, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* sums = stackalloc float[Channels];
        int taps = shape.Kernel.Height * shape.Kernel.Width;
        for (long item = start; item < end; item++)
        {
            (long tap, long block) = Math.DivRem(item, Groups);
            int first = (int)block * Channels, last = Math.Min(first + Channels, shape.Inputs);
            for (int channel = first; channel < last; channel += TSimd.Width)
            {
                int count = Math.Min(TSimd.Width, last - channel);
                TVector sum = Sum<TSimd, TVector>((int)tap, channel, count);
                TSimd.StoreFirst(sums, sum, count);
                for (int i = 0; i < count; i++)
                {
                    dw[((nint)(channel + i) * taps) + tap] = sums[i];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TVector Sum<TSimd, TVector>(int tap, int channel, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int down = (tap / shape.Kernel.Width * shape.Dilation.Height) - shape.Padding.Top;
        int across = (tap % shape.Kernel.Width * shape.Dilation.Width) - shape.Padding.Left;
        TVector sum = TSimd.Broadcast(0);
        for (int line = 0; line < shape.Batch * shape.OutHeight; line++)
        {
            (int batch, int row) = Math.DivRem(line, shape.OutHeight);
            int y = (row * shape.Stride.Height) + down;
            if ((uint)y >= (uint)shape.Height)
            {
                continue;
            }

            float* image = x + (((((nint)batch * shape.Height) + y) * shape.Width) * shape.Inputs) + channel;
            float* gradient = dy + ((nint)line * shape.OutWidth * shape.Inputs) + channel;
            for (int column = 0; column < shape.OutWidth; column++)
            {
                int at = (column * shape.Stride.Width) + across;
                if ((uint)at < (uint)shape.Width)
                {
                    sum = TSimd.MultiplyAdd(
                        TSimd.LoadFirst(image + ((nint)at * shape.Inputs), count),
                        TSimd.LoadFirst(gradient + ((nint)column * shape.Inputs), count),
                        sum);
                }
            }
        }

        return sum;
    }
}
