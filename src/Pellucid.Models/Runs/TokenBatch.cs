using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// Sequences of token ids, padded to one length. No token sees padding: a causal network never looks ahead, so padding behind changes nothing
/// before it, and any other padding is masked, its pattern exactly 0. Immutable.
/// </summary>
/// <remarks>
/// A <em>column</em> is a place in the arrays of a run, from 0 to <see cref="Positions"/> − 1; a <em>position</em> is a place in a sequence, 0 for its
/// first token, whatever padding stands before it. Metrics, losses and the <see cref="Models.Positions"/> of interventions count positions;
/// activations and logits are laid out by columns. The two differ by <see cref="FirstColumns"/>, which is 0 but where a sequence is padded in front.
/// What a run gives at a column of padding means nothing.
/// </remarks>
public sealed class TokenBatch
{
    private readonly int[] _types;

    private TokenBatch(int[] ids, int[] lengths, int[] first, int[] types, int positions, bool countsPadding)
    {
        (Ids, Lengths, FirstColumns, _types, Positions, PositionsCountPadding) = (ids, lengths, first, types, positions, countsPadding);
    }

    /// <summary>Token ids, [batch, column] row-major, padding included.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Real tokens of each sequence.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The column of each sequence's first token: how much padding stands in front of it.</summary>
    public IReadOnlyList<int> FirstColumns { get; }

    /// <summary>Number of sequences.</summary>
    public int Count => Lengths.Count;

    /// <summary>Number of columns: the length of the longest sequence.</summary>
    public int Positions { get; }

    /// <summary>Whether position embeddings count columns instead of positions.</summary>
    public bool PositionsCountPadding { get; }

    /// <summary>Real tokens in all.</summary>
    public long TokenCount => Lengths.Sum(length => (long)length);

    /// <summary>Whether sequences differ in length, so that the shorter ones are padded.</summary>
    internal bool IsPadded => ((ReadOnlySpan<int>)(int[])Lengths).ContainsAnyExcept(Positions);

    /// <summary>Whether any is padded in front.</summary>
    internal bool IsPaddedBefore => First.ContainsAnyExcept(0);

    /// <summary>The least padding in front that position embeddings leave out.</summary>
    internal int LeastBefore
    {
        get
        {
            int least = int.MaxValue;
            foreach (int first in First)
            {
                least = Math.Min(least, first);
            }

            return PositionsCountPadding ? 0 : least;
        }
    }

    /// <summary>One more than the largest token type; 0 where none were given.</summary>
    internal int MostTypes { get; private init; }

    internal ReadOnlySpan<int> Span => (int[])Ids;

    internal ReadOnlySpan<int> First => (int[])FirstColumns;

    /// <summary>Token types, [batch, column], 0 at padding; empty where none were given.</summary>
    internal ReadOnlySpan<int> Types => _types;

    /// <summary>The id at a position of a sequence; padding where a sequence that is padded behind has ended.</summary>
    public int this[int sequence, int position] => Ids[(sequence * Positions) + FirstColumns[sequence] + position];

    /// <summary>A batch of sequences, which may differ in length; the shorter ones are padded behind.</summary>
    /// <exception cref="PellucidException">There is no sequence, or one is empty.</exception>
    public static TokenBatch From(IReadOnlyList<IReadOnlyList<int>> sequences) => From(sequences, Default);

    /// <summary>A batch of sequences, which may differ in length.</summary>
    /// <param name="sequences">Token ids.</param>
    /// <param name="options">How they are padded, and what goes with them.</param>
    /// <exception cref="PellucidException">There is no sequence, one is empty, or token types do not fit them.</exception>
    public static TokenBatch From(IReadOnlyList<IReadOnlyList<int>> sequences, BatchOptions options)
    {
        if (sequences.Count == 0 || sequences.Any(sequence => sequence.Count == 0))
        {
            throw new PellucidException("A run needs at least one token in every sequence. Give a text, ids, or a model with a BOS token.");
        }

        CheckTypes(sequences, options.TokenTypes);
        int columns = sequences.Max(sequence => sequence.Count);
        int[] first = [.. sequences.Select(sequence => options.Padding == PaddingSide.Left ? columns - sequence.Count : 0)];
        return new TokenBatch(
            LaidOut(sequences, first, columns, options.PaddingId), [.. sequences.Select(sequence => sequence.Count)], first,
            options.TokenTypes is { } types ? LaidOut(types, first, columns, 0) : [], columns, options.PositionsCountPadding)
        {
            MostTypes = options.TokenTypes is { } given ? given.Max(row => row.Max()) + 1 : 0,
        };
    }

    /// <summary>One sequence.</summary>
    /// <exception cref="PellucidException">It is empty.</exception>
    public static TokenBatch Of(IReadOnlyList<int> sequence) => From([sequence]);

    /// <summary>Sequences that all end at the last of so many columns.</summary>
    internal static TokenBatch EndingAt(IReadOnlyList<IReadOnlyList<int>> sequences, int columns)
    {
        int[] first = [.. sequences.Select(sequence => columns - sequence.Count)];
        return new TokenBatch(LaidOut(sequences, first, columns, 0), [.. sequences.Select(sequence => sequence.Count)], first, [], columns, false);
    }

    /// <summary>One token of each sequence, of which others went before; the arrays are not copied.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="first">The columns of the sequences' first tokens, counted from that of the first pass.</param>
    internal static TokenBatch OneEach(int[] ids, int[] first)
    {
        int[] lengths = new int[ids.Length];
        Array.Fill(lengths, 1);
        return new TokenBatch(ids, lengths, first, [], 1, false);
    }

    private static BatchOptions Default { get; } = new();

    private static int[] LaidOut(IReadOnlyList<IReadOnlyList<int>> rows, int[] first, int columns, int padding)
    {
        int[] values = new int[rows.Count * columns];
        Array.Fill(values, padding);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < rows[row].Count; i++)
            {
                values[(row * columns) + first[row] + i] = rows[row][i];
            }
        }

        return values;
    }

    private static void CheckTypes(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<IReadOnlyList<int>>? types)
    {
        if (types is null)
        {
            return;
        }

        if (types.Count != sequences.Count || types.Zip(sequences).Any(pair => pair.First.Count != pair.Second.Count))
        {
            throw new PellucidException(
                $"Token types of lengths [{string.Join(", ", types.Select(row => row.Count))}] do not fit sequences of [{string.Join(", ", sequences.Select(row => row.Count))}]; one type for each token was expected.");
        }

        if (types.Any(row => row.Any(type => type < 0)))
        {
            throw new PellucidException("A token type is below 0. Types count from 0.");
        }
    }
}
