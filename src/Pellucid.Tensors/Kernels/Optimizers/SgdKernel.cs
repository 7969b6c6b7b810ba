using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Gradient descent in one pass: g = gradient + decay · x; b = momentum · b + g; x -= rate · b, or of momentum · b + g (Nesterov's). A null b
/// is no momentum.
/// </summary>
internal readonly unsafe struct SgdKernel(float* x, float* gradient, float* moment, float momentum, bool nesterov, UpdateFactors factors)
    : IRangeKernel
{
    private readonly UpdateFactors _factors = factors;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector bound = TSimd.Broadcast(_factors.Bound), lower = TSimd.Broadcast(-_factors.Bound);
        TVector factor = TSimd.Broadcast(_factors.Gradient), decay = TSimd.Broadcast(_factors.Decay), rate = TSimd.Broadcast(-_factors.Rate);
        TVector keep = TSimd.Broadcast(momentum);
        for (long index = start; index < end; index += TSimd.Width)
        {
            int count = (int)Math.Min(TSimd.Width, end - index);
            TVector value = TSimd.LoadFirst(x + index, count);
            TVector slope = TSimd.Min(bound, TSimd.Max(lower, TSimd.LoadFirst(gradient + index, count)));
            slope = TSimd.MultiplyAdd(decay, value, TSimd.Multiply(slope, factor));
            TVector step = slope;
            if (moment != null)
            {
                step = TSimd.MultiplyAdd(keep, TSimd.LoadFirst(moment + index, count), slope);
                TSimd.StoreFirst(moment + index, step, count);
                step = nesterov ? TSimd.MultiplyAdd(keep, step, slope) : step;
            }

            TSimd.StoreFirst(x + index, TSimd.MultiplyAdd(rate, step, value), count);
        }
    }
}
