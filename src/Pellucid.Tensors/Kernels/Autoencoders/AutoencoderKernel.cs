using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Training steps of many small autoencoders, a lane of a vector each: draw a batch, sum the gradients of Σ Iᵢ (yᵢ − xᵢ)² over it, take a
/// step of Adam (Kingma and Ba 2014, arXiv:1412.6980; β 0.9 and 0.999, ε 1e-8). A block goes through all its steps by itself.
/// </summary>
internal readonly unsafe struct AutoencoderKernel(AutoencoderArguments arguments) : IRangeKernel
{
    internal const float KeepMean = 0.9f;
    internal const float KeepSquare = 0.999f;
    internal const float Epsilon = 1e-8f;

    private const int ChunkFloats = 16384; // of draws: they stay in the first cache for small networks
    private const int Slot = 0;

    private readonly AutoencoderArguments _arguments = arguments;

    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        AutoencoderLayout layout = _arguments.Layout;
        int batch = _arguments.Batch, width = 2 * layout.Features;
        int chunk = Math.Min(batch, Math.Max(FeatureDraws.Unit, ChunkFloats / width / FeatureDraws.Unit * FeatureDraws.Unit));
        long draws = FeatureDraws.Floats(chunk, layout.Features), space = AutoencoderGradient<TSimd, TVector>.Space(layout);
        float* memory = Scratch.Rent(Slot, draws + space);
        for (long block = start; block < end; block++)
        {
            float* rows = _arguments.Blocks + (block * layout.Rows * layout.Lanes);
            float* gradient = rows + ((layout.First + layout.Parameters) * layout.Lanes);
            for (int step = 0; step < _arguments.Steps; step++)
            {
                new Span<float>(gradient, checked((int)(layout.Parameters * layout.Lanes))).Clear();
                for (int done = 0; done < batch; done += chunk)
                {
                    int count = Math.Min(chunk, batch - done);
                    _arguments.Draws.Fill(block, _arguments.FirstStep + step, done, count, TSimd.Width > Vector128<float>.Count, memory);
                    for (int lane = 0; lane < layout.Lanes; lane += TSimd.Width)
                    {
                        if (layout.IsPair)
                        {
                            PairGradient<TSimd, TVector>.Add(layout, rows + lane, memory, count);
                        }
                        else
                        {
                            AutoencoderGradient<TSimd, TVector>.Add(layout, rows + lane, memory, count, memory + draws);
                        }
                    }
                }

                Update<TSimd, TVector>(layout, rows, _arguments.Factors[2 * step], _arguments.Factors[(2 * step) + 1]);
            }
        }
    }

    /// <summary>Adam on every parameter of a block; the gradient is a sum over the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TSimd, TVector>(AutoencoderLayout layout, float* rows, float size, float root)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        long count = layout.Parameters * layout.Lanes;
        float* value = rows + (layout.First * layout.Lanes);
        float* gradient = value + count, mean = gradient + count, square = mean + count;
        TVector share = TSimd.Broadcast(1f / _arguments.Batch), keepMean = TSimd.Broadcast(KeepMean), addMean = TSimd.Broadcast(1 - KeepMean);
        TVector keepSquare = TSimd.Broadcast(KeepSquare), addSquare = TSimd.Broadcast(1 - KeepSquare);
        TVector down = TSimd.Broadcast(-size), inverse = TSimd.Broadcast(1 / root), epsilon = TSimd.Broadcast(Epsilon);
        for (long at = 0; at < count; at += TSimd.Width)
        {
            TVector slope = TSimd.Multiply(TSimd.Load(gradient + at), share);
            TVector first = TSimd.MultiplyAdd(keepMean, TSimd.Load(mean + at), TSimd.Multiply(addMean, slope));
            TVector second = TSimd.MultiplyAdd(keepSquare, TSimd.Load(square + at), TSimd.Multiply(addSquare, TSimd.Multiply(slope, slope)));
            TSimd.Store(mean + at, first);
            TSimd.Store(square + at, second);
            TVector divisor = TSimd.MultiplyAdd(TSimd.Sqrt(second), inverse, epsilon);
            TSimd.Store(value + at, TSimd.MultiplyAdd(down, TSimd.Divide(first, divisor), TSimd.Load(value + at)));
        }
    }
}
