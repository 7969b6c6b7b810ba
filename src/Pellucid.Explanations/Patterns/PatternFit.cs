// Values of the trie: an interpolated back-off, as in n-gram language models (Jelinek and Mercer 1980), on activations instead of counts.
//   v(node) = (Σ records a + β Σ probes a + κ v(parent)) / (n records + β n probes + κ)
// Path length, κ and β are those with the best correlation on training records left out in turn (five folds).
namespace Pellucid.Explanations;

/// <summary>Fits the values of a trie to observations. For one thread.</summary>
internal sealed class PatternFit
{
    internal const int Folds = 5;

    private static readonly double[] Shrinkages = [0.25, 1, 4];
    private static readonly double[] ProbeWeights = [0, 0.3, 1];

    private readonly PatternTrie _trie;
    private readonly Observation[] _records;
    private readonly double[][] _sums = new double[2 * Folds][];
    private readonly int[][] _counts = new int[2 * Folds][];

    internal PatternFit(PatternTrie trie, IEnumerable<Observation> observations)
    {
        _trie = trie;
        for (int i = 0; i < _sums.Length; i++)
        {
            (_sums[i], _counts[i]) = (new double[trie.Count], new int[trie.Count]);
        }

        List<Observation> records = [];
        List<int> path = [];
        foreach (Observation observation in observations)
        {
            path.Clear();
            trie.Visit(observation.Tokens, observation.At, path);
            int part = observation.Fold + (observation.IsProbe ? Folds : 0);
            foreach (int node in path)
            {
                _sums[part][node] += observation.Value;
                _counts[part][node]++;
            }

            if (!observation.IsProbe)
            {
                records.Add(observation);
            }
        }

        _records = [.. records];
    }

    /// <summary>Observations on a node's path.</summary>
    internal int Support(int node) => _counts.Sum(counts => counts[node]);

    /// <summary>The chosen longest path and the values of all nodes.</summary>
    internal (int Depth, float[] Values) Best()
    {
        (int depth, double shrinkage, double weight) best = (1, 1, 0);
        double bestScore = double.NegativeInfinity;
        int[][] matches = [.. Enumerable.Range(1, Math.Max(1, _trie.Depth)).Select(deepest => Matches(deepest))];
        float[] actual = [.. _records.Select(one => one.Value)], predicted = new float[actual.Length];
        foreach (double shrinkage in Shrinkages)
        {
            foreach (double weight in ProbeWeights)
            {
                float[][] values = [.. Enumerable.Range(0, Folds).Select(fold => Values(shrinkage, weight, fold))];
                for (int depth = 1; depth <= matches.Length; depth++)
                {
                    for (int i = 0; i < predicted.Length; i++)
                    {
                        predicted[i] = values[_records[i].Fold][matches[depth - 1][i]];
                    }

                    double score = Agreement.Correlation(predicted, actual) ?? -1;
                    if (score > bestScore)
                    {
                        (bestScore, best) = (score, (depth, shrinkage, weight));
                    }
                }
            }
        }

        return (best.depth, Values(best.shrinkage, best.weight, leftOut: -1));
    }

    private int[] Matches(int deepest) => [.. _records.Select(one => _trie.Match(one.Tokens, one.At, deepest))];

    private float[] Values(double shrinkage, double probeWeight, int leftOut)
    {
        float[] values = new float[_trie.Count];
        for (int node = 0; node < values.Length; node++)
        {
            double sum = 0, weight = 0;
            for (int fold = 0; fold < Folds; fold++)
            {
                if (fold != leftOut)
                {
                    sum += _sums[fold][node] + (probeWeight * _sums[fold + Folds][node]);
                    weight += _counts[fold][node] + (probeWeight * _counts[fold + Folds][node]);
                }
            }

            int parent = _trie.Parent(node);
            double prior = parent < 0 ? 0 : values[parent];
            values[node] = node != 0 && _trie.Token(node) == PatternTrie.Any ? (float)prior : (float)((sum + (shrinkage * prior)) / (weight + shrinkage));
        }

        return values;
    }
}
