using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>The tokens that follow a unit's strongest activations, each with a counterpart that is as frequent in the training text.</summary>
internal sealed class FollowingTokens
{
    private FollowingTokens(IReadOnlyList<(int Token, double Share)> following, IReadOnlyList<int> matched) => (Following, Matched) = (following, matched);

    internal IReadOnlyList<(int Token, double Share)> Following { get; }

    internal IReadOnlyList<int> Matched { get; }

    internal static FollowingTokens Of(IReadOnlyList<ActivationRecord> top, CorpusTokens corpus, double strong)
    {
        SortedDictionary<int, int> counts = [];
        foreach (ActivationRecord record in top.Where(record => record.Max > 0))
        {
            for (int at = 0; at + 1 < record.Tokens.Count; at++)
            {
                if (record.Activations[at] >= strong * record.Max)
                {
                    counts[record.Tokens[at + 1]] = counts.GetValueOrDefault(record.Tokens[at + 1]) + 1;
                }
            }
        }

        int total = counts.Values.Sum();
        (int Token, double Share)[] following =
            [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (pair.Key, (double)pair.Value / total))];
        List<(int Token, int Count)> free =
            [.. corpus.Counts.Where(pair => !counts.ContainsKey(pair.Key)).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
        List<(int Token, double Share)> paired = [];
        List<int> matched = [];
        foreach ((int token, double share) in following)
        {
            if (free.Count == 0)
            {
                break;
            }

            double wanted = Math.Log(Math.Max(1, corpus.Count(token)));
            int nearest = Enumerable.Range(0, free.Count).MinBy(i => Math.Abs(Math.Log(free[i].Count) - wanted));
            paired.Add((token, share));
            matched.Add(free[nearest].Token);
            free.RemoveAt(nearest);
        }

        double kept = paired.Sum(pair => pair.Share);
        return new FollowingTokens([.. paired.Select(pair => (pair.Token, pair.Share / kept))], matched);
    }

    /// <summary>A weight for each token of the vocabulary: shares of those that follow, less those of their counterparts. They sum to 0.</summary>
    internal double[] Weights(int vocabulary)
    {
        double[] weights = new double[vocabulary];
        for (int i = 0; i < Matched.Count; i++)
        {
            weights[Following[i].Token] += Following[i].Share;
            weights[Matched[i]] -= Following[i].Share;
        }

        return weights;
    }
}
