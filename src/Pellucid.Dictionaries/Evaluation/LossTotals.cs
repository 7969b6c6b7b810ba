using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Evaluation;

/// <summary>Summed losses of each document under each of the four conditions, paired.</summary>
internal sealed class LossTotals
{
    private const long BootstrapStream = 0xB007;

    private readonly SortedDictionary<int, Losses> _documents = [];

    internal int Documents => _documents.Count;

    internal Losses Total => _documents.Values.Aggregate(default(Losses), static (sum, losses) => sum + losses);

    internal void Add(int document, Losses losses) => _documents[document] = _documents.GetValueOrDefault(document) + losses;

    /// <summary>95 % percentile intervals of both measures of recovery, over resampled documents.</summary>
    internal (Interval Zero, Interval Mean)? Bootstrap(int samples, long seed)
    {
        if (samples < 1 || Documents < 2)
        {
            return null;
        }

        Losses[] documents = [.. _documents.Values];
        SeededRandom random = new(seed, BootstrapStream);
        double[] zero = new double[samples], mean = new double[samples];
        for (int sample = 0; sample < samples; sample++)
        {
            Losses sum = default;
            for (int i = 0; i < documents.Length; i++)
            {
                sum += documents[random.NextInt(documents.Length)];
            }

            (zero[sample], mean[sample]) = (sum.RecoveredFromZero, sum.RecoveredFromMean);
        }

        return (Percentiles(zero), Percentiles(mean));
    }

    private static Interval Percentiles(double[] values)
    {
        Array.Sort(values);
        return new Interval(values[(int)(0.025 * (values.Length - 1))], values[(int)Math.Ceiling(0.975 * (values.Length - 1))]);
    }
}
