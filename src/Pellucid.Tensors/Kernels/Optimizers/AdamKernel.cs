using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Adam in one pass: g = gradient + penalty · x; m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²; x = keep · x - size · m / (√v / root + ε),
/// where size = rate / (1 - β₁^t) and root = √(1 - β₂^t).
/// </summary>
internal readonly unsafe struct AdamKernel(float* x, float* gradient, float* mean, float* square, AdamFactors factors) : IRangeKernel
{
    private readonly AdamFactors _factors = factors;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector bound = TSimd.Broadcast(_factors.Bound), lower = TSimd.Broadcast(-_factors.Bound);
        TVector factor = TSimd.Broadcast(_factors.Gradient), penalty = TSimd.Broadcast(_factors.Penalty), keep = TSimd.Broadcast(_factors.Keep);
        TVector keepMean = TSimd.Broadcast(_factors.KeepMean), addMean = TSimd.Broadcast(_factors.AddMean);
        TVector keepSquare = TSimd.Broadcast(_factors.KeepSquare), addSquare = TSimd.Broadcast(_factors.AddSquare);
        TVector size = TSimd.Broadcast(-_factors.Size), root = TSimd.Broadcast(_factors.Root), epsilon = TSimd.Broadcast(_factors.Epsilon);
        for (long index = start; index < end; index += TSimd.Width)
        {
            int count = (int)Math.Min(TSimd.Width, end - index);
            TVector value = TSimd.LoadFirst(x + index, count);
            TVector slope = TSimd.Min(bound, TSimd.Max(lower, TSimd.LoadFirst(gradient + index, count)));
            slope = TSimd.MultiplyAdd(penalty, value, TSimd.Multiply(slope, factor));
            TVector first = TSimd.MultiplyAdd(keepMean, TSimd.LoadFirst(mean + index, count), TSimd.Multiply(addMean, slope));
            TVector second = TSimd.Multiply(addSquare, TSimd.Multiply(slope, slope));
            second = TSimd.MultiplyAdd(keepSquare, TSimd.LoadFirst(square + index, count), second);
            TSimd.StoreFirst(mean + index, first, count);
            TSimd.StoreFirst(square + index, second, count);
            TVector divisor = TSimd.Add(TSimd.Divide(TSimd.Sqrt(second), root), epsilon);
            TVector step = TSimd.Divide(first, divisor);
            TSimd.StoreFirst(x + index, TSimd.MultiplyAdd(size, step, TSimd.Multiply(value, keep)), count);
        }
    }
}
