using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>Fills arrays with seeded random numbers, in parts that each have a stream of their own, so that threads do not change them.</summary>
internal static class RandomParameters
{
    private const int PartLength = 1 << 16;

    /// <summary>Uniform numbers around 0.</summary>
    /// <param name="array">Contiguous, F32.</param>
    /// <param name="deviation">Their standard deviation.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="number">Which of the seed's arrays.</param>
    internal static void Fill(Tensor array, double deviation, long seed, int number)
    {
        int parts = checked((int)((array.Count + PartLength - 1) / PartLength));
        ComputeThreads.For(parts, (array, Width: deviation * Math.Sqrt(12), seed, number), static (part, state) =>
        {
            SeededRandom random = new(state.seed, ((long)state.number << 32) | (uint)part);
            Span<float> all = state.array.AsSpan();
            int first = part * PartLength;
            foreach (ref float value in all[first..Math.Min(all.Length, first + PartLength)])
            {
                value = (float)(state.Width * ((random.NextWord() * (1.0 / (1L << 32))) - 0.5));
            }
        });
    }
}
