using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Convolution where every channel is a group of its own: no product of matrices, but channels side by side in vectors, each with its own
/// weights [tap row, tap column, channel]. An item is a row of windows.
/// </summary>
internal readonly unsafe struct DepthwiseProduct : IRangeKernel
{
    private readonly WindowArguments _arguments;

    private DepthwiseProduct(in WindowArguments arguments) => _arguments = arguments;

    /// <summary>Packs weights of one output a group into [tap row, tap column, channel].</summary>
    internal static void Pack(in WeightPacking packing, float* packed)
    {
        for (int row = 0; row < packing.Rows; row++)
        {
            for (int column = 0; column < packing.Columns; column++)
            {
                float* from = packing.Source + (row * packing.StrideRow) + (column * packing.StrideColumn);
                for (int channel = 0; channel < packing.Groups; channel++)
                {
                    *packed++ = from[channel * packing.StrideGroup];
                }
            }
        }
    }

    /// <summary>As <see cref="WindowProduct.Run"/>, for groups of one channel and one output.</summary>
    internal static void Run(in WindowArguments arguments) =>
        Dispatch.RunRows(
            new DepthwiseProduct(arguments),
            arguments.Columns.Count == 0 ? 0 : (long)arguments.Batch * arguments.Rows.Count,
            (long)arguments.Columns.Count * arguments.SourceChannels,
            Math.Max(1, arguments.Rows.Taps * arguments.Columns.Taps / 2));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int channels = _arguments.SourceChannels;
        for (long item = start; item < end; item++)
        {
            (long batch, long row) = Math.DivRem(item, _arguments.Rows.Count);
            (int firstRow, int endRow) = _arguments.Rows.Inside((int)row, _arguments.SourceHeight);
            float* target = _arguments.Target + ((nint)batch * _arguments.TargetBatchStride) + ((nint)row * _arguments.TargetRowStride);
            for (int at = 0; at < _arguments.Columns.Count; at++)
            {
                (int firstColumn, int endColumn) = _arguments.Columns.Inside(at, _arguments.SourceWidth);
                float* y = target + (at * _arguments.TargetColumnStride);
                for (int channel = 0; channel < channels; channel += TSimd.Width)
                {
                    int count = Math.Min(TSimd.Width, channels - channel);
                    TVector sum = _arguments.Bias == null ? TSimd.Broadcast(0) : Load<TSimd, TVector>(_arguments.Bias + channel, count);
                    for (int tapRow = firstRow; tapRow < endRow; tapRow++)
                    {
                        long line = (batch * _arguments.SourceHeight) + (row * _arguments.Rows.Step) + _arguments.Rows.First +
                            (tapRow * (long)_arguments.Rows.TapStep);
                        float* image = _arguments.Source + ((nint)line * _arguments.SourceWidth * channels) + channel;
                        float* weights = _arguments.Panels + ((nint)tapRow * _arguments.Columns.Taps * channels) + channel;
                        for (int tap = firstColumn; tap < endColumn; tap++)
                        {
                            nint x = ((nint)at * _arguments.Columns.Step) + _arguments.Columns.First + ((nint)tap * _arguments.Columns.TapStep);
                            sum = TSimd.MultiplyAdd(
                                Load<TSimd, TVector>(image + (x * channels), count),
                                Load<TSimd, TVector>(weights + ((nint)tap * channels), count),
                                sum);
                        }
                    }

                    sum = _arguments.Relu ? TSimd.Max(TSimd.Broadcast(0), sum) : sum;
                    if (count == TSimd.Width)
                    {
                        TSimd.Store(y + channel, sum);
                    }
                    else
                    {
                        TSimd.StoreFirst(y + channel, sum, count);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TSimd, TVector>(float* source, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        count == TSimd.Width ? TSimd.Load(source) : TSimd.LoadFirst(source, count);
}
