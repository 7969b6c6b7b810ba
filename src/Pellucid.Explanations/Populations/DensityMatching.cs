// Sparsity alone raises a correlation on top-and-random records, so units are compared at equal density: the denser one gets a
// threshold t, from the training text, with as many a > t as the sparser one has a > 0.
using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>Brings units to given densities, so that sparse units can be compared with dense ones.</summary>
public static class DensityMatching
{
    /// <summary>Gives each unit in turn a threshold with which it fires as often as asked.</summary>
    /// <param name="training">The training store.</param>
    /// <param name="units">The units; the first is matched to the first density, the second to the second.</param>
    /// <param name="summary">Their summary over the training store.</param>
    /// <param name="densities">
    /// Shares of tokens, 0 to 1: those of the units to compare with. Where they are more than the units, the first ones are used.
    /// </param>
    /// <param name="cancellationToken">Stops the pass over the store.</param>
    /// <returns>Units with thresholds; one that fires less often than asked keeps threshold 0, so values above 0 only remain in any case.</returns>
    public static SelectedUnits Match(
        ActivationStore training, IUnits units, UnitSummary summary, IReadOnlyList<double> densities, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(units.Count, densities.Count);
        (long Wanted, int Bin, long Above)[] goals = [.. Enumerable.Range(0, count).Select(unit => Goal(summary, unit, densities[unit]))];
        List<float>[] inBin = [.. goals.Select(_ => new List<float>())];
        for (int shard = 0; shard < training.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using StoreShard rows = training.ReadShard(shard);
            using Ops ops = new();
            Tensor values = units.Evaluate(ops, rows.Activations);
            for (int row = 0; row < values.Shape.Rows; row++)
            {
                ReadOnlySpan<float> at = values.Row(row);
                for (int unit = 0; unit < count; unit++)
                {
                    if (goals[unit].Bin >= 0 && LogHistogram.BinOf(at[unit]) == goals[unit].Bin)
                    {
                        inBin[unit].Add(at[unit]);
                    }
                }
            }
        }

        return new SelectedUnits(units, [.. Enumerable.Range(0, count)], [.. goals.Select((goal, unit) => Threshold(goal.Wanted - goal.Above, inBin[unit]))]);
    }

    /// <summary>
    /// How many tokens the unit shall fire on, the bin of the histogram in which the threshold lies (−1: none is needed), and the tokens
    /// above that bin.
    /// </summary>
    private static (long Wanted, int Bin, long Above) Goal(UnitSummary summary, int unit, double density)
    {
        long wanted = (long)Math.Round(Math.Clamp(density, 0, 1) * summary.Tokens), above = 0;
        if (summary.ActiveTokens(unit) <= wanted)
        {
            return (wanted, -1, 0);
        }

        ReadOnlySpan<int> counts = summary.Histogram(unit);
        for (int bin = counts.Length - 1; bin > LogHistogram.Zero; bin--)
        {
            if (above + counts[bin] > wanted)
            {
                return (wanted, bin, above);
            }

            above += counts[bin];
        }

        return (wanted, LogHistogram.Zero, above);
    }

    /// <summary>The value that exactly so many of the bin lie above, ties apart; 0 where no threshold is needed.</summary>
    private static float Threshold(long above, List<float> values)
    {
        values.Sort();
        return values.Count == 0 ? 0 : Math.Max(0, values[(int)Math.Clamp(values.Count - 1 - above, 0, values.Count - 1)]);
    }
}
