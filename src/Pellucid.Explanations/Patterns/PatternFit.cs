// Values of the trie: an interpolated back-off, as in n-gram language models (Jelinek and Mercer 1980), on activations instead of counts.
//   leaf    v = (Σ records a + β Σ probes a + κ v(parent)) / n,   n = n records + β n probes + κ
//   inside  v = (Σ children n^γ ā + κ v(parent)) / (Σ children n^γ + κ), ā a child's mean: a node inside speaks for the contexts that were
//           not seen, so each context that was counts more evenly (γ < 1) than often it came (Kneser and Ney 1995 count each once)
// Path length, κ, β and γ are those with the best correlation on training records left out in turn (five folds), searched one at a time.
namespace Pellucid.Explanations;

/// <summary>Fits the values of a trie to observations. For one thread.</summary>
internal sealed class PatternFit
{
    internal const int Folds = 5;

    private const int Rounds = 2;

    private static readonly double[] Shrinkages = [0.1, 0.3, 1, 3];
    private static readonly double[] ProbeWeights = [0, 0.1, 0.3, 1];
    private static readonly double[] Exponents = [0, 0.25, 0.5, 1];

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
        int[][] matches = [.. Enumerable.Range(1, Math.Max(1, _trie.Depth)).Select(Matches)];
        float[] actual = [.. _records.Select(one => one.Value)];
        Settings best = new(Math.Min(3, matches.Length), 1, 0.3, 0.5);
        double bestScore = Score(best, matches, actual);
        for (int round = 0; round < Rounds; round++)
        {
            Settings before = best;
            foreach (Func<Settings, IEnumerable<Settings>> others in (Func<Settings, IEnumerable<Settings>>[])[
                at => Enumerable.Range(1, matches.Length).Select(depth => at with { Depth = depth }),
                at => Shrinkages.Select(shrinkage => at with { Shrinkage = shrinkage }),
                at => ProbeWeights.Select(weight => at with { ProbeWeight = weight }),
                at => Exponents.Select(exponent => at with { Exponent = exponent })])
            {
                Settings from = best;
                foreach (Settings other in others(from).Where(other => other != from))
                {
                    double score = Score(other, matches, actual);
                    (bestScore, best) = score > bestScore ? (score, other) : (bestScore, best);
                }
            }

            if (best == before)
            {
                break;
            }
        }

        return (best.Depth, Values(best, leftOut: -1));
    }

    private int[] Matches(int deepest) => [.. _records.Select(one => _trie.Match(one.Tokens, one.At, deepest))];

    /// <summary>Correlation on the training records, each predicted from the folds that it is not in.</summary>
    private double Score(Settings settings, int[][] matches, float[] actual)
    {
        float[][] values = [.. Enumerable.Range(0, Folds).Select(fold => Values(settings, fold))];
        float[] predicted = new float[actual.Length];
        for (int i = 0; i < predicted.Length; i++)
        {
            predicted[i] = values[_records[i].Fold][matches[settings.Depth - 1][i]];
        }

        return Agreement.Correlation<float>(predicted, actual) ?? -1;
    }

    private float[] Values(Settings settings, int leftOut)
    {
        int count = _trie.Count;
        double[] sums = new double[count], weights = new double[count], childSums = new double[count], childWeights = new double[count];
        for (int fold = 0; fold < Folds; fold++)
        {
            if (fold != leftOut)
            {
                for (int node = 0; node < count; node++)
                {
                    sums[node] += _sums[fold][node] + (settings.ProbeWeight * _sums[fold + Folds][node]);
                    weights[node] += _counts[fold][node] + (settings.ProbeWeight * _counts[fold + Folds][node]);
                }
            }
        }

        for (int node = 1; node < count; node++)
        {
            if (weights[node] > 0 && _trie.Token(node) != PatternTrie.Any && _trie.DepthOf(node) <= settings.Depth)
            {
                double weight = Math.Pow(weights[node], settings.Exponent);
                childSums[_trie.Parent(node)] += weight * sums[node] / weights[node];
                childWeights[_trie.Parent(node)] += weight;
            }
        }

        float[] values = new float[count];
        for (int node = 0; node < count; node++)
        {
            int parent = _trie.Parent(node);
            double prior = parent < 0 ? 0 : values[parent];
            (double sum, double weight) = childWeights[node] > 0 ? (childSums[node], childWeights[node]) : (sums[node], weights[node]);
            bool isWildcard = node != 0 && _trie.Token(node) == PatternTrie.Any;
            values[node] = (float)(isWildcard ? prior : (sum + (settings.Shrinkage * prior)) / (weight + settings.Shrinkage));
        }

        return values;
    }

    /// <summary>What is chosen: longest path, κ, β and γ.</summary>
    private readonly record struct Settings(int Depth, double Shrinkage, double ProbeWeight, double Exponent);
}
