using System.Runtime.CompilerServices;
using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Does the steps that latents without gradient have missed, in their order (see <see cref="PostponedUpdates"/>).</summary>
internal readonly unsafe struct CatchUpKernel(
    AdamPointers encoder, AdamPointers bias, AdamPointers decoder, int width, LatentAbsence* absences, LatentAdamFactors* history, int steps, bool unitRows) : IRangeKernel
{
    private const float LeastAtRest = 1f / (1L << 40);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* kept = Scratch.Rent(3, width);
        for (long index = start; index < end; index++)
        {
            LatentAbsence absence = absences[index];
            nint at = (nint)absence.Latent * width;
            int resting = steps - absence.EncoderDone;
            if (resting > 0)
            {
                LatentAdamFactors adam = history[absence.EncoderDone];
                Decay<TSimd, TVector>(encoder.First + at, encoder.Second + at, width, resting, adam);
                Decay<TSimd, TVector>(bias.First + absence.Latent, bias.Second + absence.Latent, 1, resting, adam);
            }

            Replay<TSimd, TVector>(decoder.Value + at, decoder.First + at, decoder.Second + at, kept, absence.DecoderDone);
        }
    }

    /// <summary>Whether a row whose last step had no gradient is as it was before, and stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Rests<TSimd, TVector>(float* value, float* first, float* before, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (!Same(value, before, length))
        {
            return false;
        }

        TVector zero = TSimd.Broadcast(0), least = TSimd.Broadcast(LeastAtRest);
        uint small = 0;
        for (int i = 0; i < length; i += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, length - i);
            TVector moment = TSimd.Abs(TSimd.LoadFirst(first + i, count)), magnitude = TSimd.Abs(TSimd.LoadFirst(value + i, count));
            small |= TSimd.GreaterMask(moment, zero) & TSimd.GreaterMask(least, magnitude);
        }

        return small == 0;
    }

    private static bool Same(float* left, float* right, int length) =>
        new ReadOnlySpan<uint>(left, length).SequenceEqual(new ReadOnlySpan<uint>(right, length));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Replay<TSimd, TVector>(float* value, float* first, float* second, float* kept, int done)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int step = done; step < steps; step++)
        {
            new ReadOnlySpan<float>(value, width).CopyTo(new Span<float>(kept, width));
            RowMath.Adam<TSimd, TVector>(value, first, second, null, width, history[step], 1);
            bool rests = Rests<TSimd, TVector>(value, first, kept, width);
            if (unitRows)
            {
                RowMath.Normalize<TSimd, TVector>(value, width);
                rests = rests && Same(value, kept, width);
            }

            if (rests)
            {
                Decay<TSimd, TVector>(first, second, width, steps - step - 1, history[step]);
                return;
            }
        }
    }

    /// <summary>
    /// Both moments of a row after steps without gradient: what <see cref="RowMath.Adam"/> does to them without a zero taken off, which is exact. Four vectors
    /// at a time, since each waits for its own last step.
    /// </summary>
    private static void Decay<TSimd, TVector>(float* first, float* second, int length, int count, in LatentAdamFactors adam)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        Shrink<TSimd, TVector>(first, length, count, adam.Beta1);
        Shrink<TSimd, TVector>(second, length, count, adam.Beta2);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shrink<TSimd, TVector>(float* row, int length, int count, float factor)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (!new ReadOnlySpan<uint>(row, length).ContainsAnyExcept(0u))
        {
            return;
        }

        int w = TSimd.Width, i = 0;
        TVector beta = TSimd.Broadcast(factor), zero = TSimd.Broadcast(0);
        for (; i <= length - (4 * w); i += 4 * w)
        {
            float* at = row + i;
            TVector x0 = TSimd.Load(at), x1 = TSimd.Load(at + w), x2 = TSimd.Load(at + (2 * w)), x3 = TSimd.Load(at + (3 * w));
            for (int step = 0; step < count; step++)
            {
                x0 = TSimd.MultiplyAdd(beta, x0, zero);
                x1 = TSimd.MultiplyAdd(beta, x1, zero);
                x2 = TSimd.MultiplyAdd(beta, x2, zero);
                x3 = TSimd.MultiplyAdd(beta, x3, zero);
            }

            TSimd.Store(at, x0);
            TSimd.Store(at + w, x1);
            TSimd.Store(at + (2 * w), x2);
            TSimd.Store(at + (3 * w), x3);
        }

        for (; i < length; i += w)
        {
            int lanes = Math.Min(w, length - i);
            TVector x = TSimd.LoadFirst(row + i, lanes);
            for (int step = 0; step < count; step++)
            {
                x = TSimd.MultiplyAdd(beta, x, zero);
            }

            TSimd.StoreFirst(row + i, x, lanes);
        }
    }
}
