using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>
/// The tokens of a training text: how often each occurs, what stands before and after it. The pattern explainer takes its substitutes
/// from here, the causal score its tokens of equal frequency. Immutable, safe for any thread.
/// </summary>
public sealed class CorpusTokens
{
    private readonly int[][] _sequences;
    private readonly Dictionary<int, int> _counts = [];
    private readonly Dictionary<int, (int Token, int Count)[]> _before;
    private readonly Dictionary<int, (int Token, int Count)[]> _after;
    private readonly Dictionary<(int, int), (int Sequence, int Position)[]> _places;

    /// <summary>Counts tokens.</summary>
    /// <param name="sequences">Token ids of each sequence, without BOS.</param>
    public CorpusTokens(IEnumerable<IReadOnlyList<int>> sequences)
    {
        _sequences = [.. sequences.Select(sequence => sequence.ToArray())];
        Dictionary<(int, int), List<(int, int)>> places = [];
        for (int sequence = 0; sequence < _sequences.Length; sequence++)
        {
            int[] tokens = _sequences[sequence];
            for (int position = 0; position < tokens.Length; position++)
            {
                _counts[tokens[position]] = Count(tokens[position]) + 1;
                if (position > 0)
                {
                    (int, int) pair = (tokens[position - 1], tokens[position]);
                    if (!places.TryGetValue(pair, out List<(int, int)>? list))
                    {
                        places.Add(pair, list = []);
                    }

                    list.Add((sequence, position));
                }
            }
        }

        _places = places.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _before = Ranked(pair => pair.Item2, pair => pair.Item1);
        _after = Ranked(pair => pair.Item1, pair => pair.Item2);
        Total = _sequences.Sum(tokens => (long)tokens.Length);
    }

    /// <summary>Number of tokens.</summary>
    public long Total { get; }

    /// <summary>How often each token that occurs does.</summary>
    public IReadOnlyDictionary<int, int> Counts => _counts;

    /// <summary>Counts the tokens of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="sequences">How many of its sequences, from the first on; all by default.</param>
    /// <exception cref="PellucidException">The store is damaged.</exception>
    public static CorpusTokens Of(ActivationStore store, int sequences = int.MaxValue) =>
        new(Enumerable.Range(0, Math.Min(sequences, store.Sequences)).Select(store.Tokens));

    /// <summary>How often a token occurs.</summary>
    public int Count(int token) => _counts.GetValueOrDefault(token);

    /// <summary>The tokens that stand before this one, most frequent first.</summary>
    public IReadOnlyList<(int Token, int Count)> Before(int token) => _before.GetValueOrDefault(token, []);

    /// <summary>The tokens that stand after this one, most frequent first.</summary>
    public IReadOnlyList<(int Token, int Count)> After(int token) => _after.GetValueOrDefault(token, []);

    /// <summary>A place where two tokens stand together, with what precedes them.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="second">The token after it.</param>
    /// <param name="which">Any number; picks one of the places.</param>
    /// <param name="length">Most tokens to return.</param>
    /// <returns>Tokens that end with the two; empty where they never stand together.</returns>
    public int[] Context(int first, int second, int which, int length)
    {
        if (!_places.TryGetValue((first, second), out (int Sequence, int Position)[]? places))
        {
            return [];
        }

        (int sequence, int position) = places[(int)((uint)which % (uint)places.Length)];
        return _sequences[sequence][Math.Max(0, position + 1 - length)..(position + 1)];
    }

    private Dictionary<int, (int, int)[]> Ranked(Func<(int, int), int> key, Func<(int, int), int> other) => _places
        .GroupBy(pair => key(pair.Key))
        .ToDictionary(
            group => group.Key,
            group => group.Select(pair => (other(pair.Key), pair.Value.Length)).OrderByDescending(pair => pair.Length).ThenBy(pair => pair.Item1).ToArray());
}
