using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Each latent's candidates in the order of their positions, and the value that another must exceed: what the wanted number exceeded or
/// reached when the list was last full. Rows come in rising order of position, so that a later equal never displaces an earlier one.
/// </summary>
internal unsafe struct ExamplePointers
{
    internal int Latents;
    internal int Most;
    internal float* Values;
    internal long* Positions;
    internal float* Thresholds;
    internal int* Counts;
    internal long FirstPosition;

    /// <summary>Places of a latent's list: full often enough to raise the threshold, seldom enough to be cheap.</summary>
    internal static int Capacity(int most) => (Math.Max(most + 44, 3 * most) + 15) / 16 * 16;

    /// <summary>Takes the values of one position for the latents from <paramref name="latent"/> on, a bit each in the mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Add<TSimd, TVector>(long position, float* values, int latent, ulong mask)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int capacity = Capacity(Most);
        for (; mask != 0; mask &= mask - 1)
        {
            int column = BitOperations.TrailingZeroCount(mask), one = latent + column, count = Counts[one];
            float* list = Values + ((nint)one * capacity);
            long* positions = Positions + ((nint)one * capacity);
            list[count] = values[column];
            positions[count++] = position;
            if (count == capacity)
            {
                Thresholds[one] = Candidates.Reduce<TSimd, TVector, long>(list, positions, count, Most);
                count = Most;
            }

            Counts[one] = count;
        }
    }
}
