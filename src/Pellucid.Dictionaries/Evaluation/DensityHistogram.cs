using System.Collections.Immutable;

namespace Pellucid.Dictionaries;

/// <summary>How many latents have which density, on a log10 scale. Immutable.</summary>
/// <param name="Silent">Latents that were never active.</param>
/// <param name="Edges">log10 densities between the bins: −6 to 0 in steps of 0.5; the first bin also holds what is below it.</param>
/// <param name="Counts">Latents in each bin, one fewer than there are edges.</param>
public sealed record DensityHistogram(int Silent, ImmutableArray<double> Edges, ImmutableArray<int> Counts)
{
    private const double Lowest = -6;
    private const double Step = 0.5;
    private const int Bins = 12;

    internal static DensityHistogram Of(IEnumerable<double> densities)
    {
        int silent = 0;
        int[] counts = new int[Bins];
        foreach (double density in densities)
        {
            if (density == 0)
            {
                silent++;
            }
            else
            {
                counts[Math.Clamp((int)Math.Floor((Math.Log10(density) - Lowest) / Step), 0, Bins - 1)]++;
            }
        }

        return new DensityHistogram(silent, [.. Enumerable.Range(0, Bins + 1).Select(edge => Lowest + (edge * Step))], [.. counts]);
    }
}
