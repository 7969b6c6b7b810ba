using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// Sequences of token ids, padded at the end to one length. A causal model never looks ahead, so the padding changes nothing
/// before it; one that attends both ways takes only sequences of one length. Immutable.
/// </summary>
public sealed class TokenBatch
{
    private const int Padding = 0;

    private TokenBatch(int[] ids, int[] lengths, int positions)
    {
        Ids = ids;
        Lengths = lengths;
        Positions = positions;
    }

    /// <summary>Token ids, [batch, pos] row-major, padding included.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Real tokens of each sequence.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Number of sequences.</summary>
    public int Count => Lengths.Count;

    /// <summary>Length of the longest sequence.</summary>
    public int Positions { get; }

    /// <summary>Real tokens in all.</summary>
    public long TokenCount => Lengths.Sum(length => (long)length);

    /// <summary>Whether sequences differ in length, so that the shorter ones are padded.</summary>
    internal bool IsPadded => Array.Exists((int[])Lengths, length => length != Positions);

    internal ReadOnlySpan<int> Span => (int[])Ids;

    /// <summary>The id at a place.</summary>
    public int this[int sequence, int position] => Ids[(sequence * Positions) + position];

    /// <summary>A batch of sequences, which may differ in length.</summary>
    /// <exception cref="PellucidException">There is no sequence, or one is empty.</exception>
    public static TokenBatch From(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        if (sequences.Count == 0 || sequences.Any(sequence => sequence.Count == 0))
        {
            throw new PellucidException("A run needs at least one token in every sequence. Give a text, ids, or a model with a BOS token.");
        }

        int positions = sequences.Max(sequence => sequence.Count);
        int[] ids = new int[sequences.Count * positions];
        Array.Fill(ids, Padding);
        for (int row = 0; row < sequences.Count; row++)
        {
            for (int position = 0; position < sequences[row].Count; position++)
            {
                ids[(row * positions) + position] = sequences[row][position];
            }
        }

        return new TokenBatch(ids, [.. sequences.Select(sequence => sequence.Count)], positions);
    }

    /// <summary>One sequence.</summary>
    /// <exception cref="PellucidException">It is empty.</exception>
    public static TokenBatch Of(IReadOnlyList<int> sequence) => From([sequence]);

    /// <summary>One token of each sequence; the array is not copied.</summary>
    internal static TokenBatch OneEach(int[] ids)
    {
        int[] lengths = new int[ids.Length];
        Array.Fill(lengths, 1);
        return new TokenBatch(ids, lengths, 1);
    }
}
