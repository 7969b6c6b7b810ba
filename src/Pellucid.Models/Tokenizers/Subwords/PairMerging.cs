// Byte-pair encoding: Sennrich, Haddow and Birch 2016, arXiv:1508.07909. Of all neighbouring pairs that a table merges, the one of the best rank is merged,
// the leftmost among equals, until none is left. A short word is searched for its best pair again and again; a long one keeps its pairs in a
// queue and its symbols in a list, n log n in all.
namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>Merges the symbols of a word.</summary>
internal static class PairMerging
{
    /// <summary>Symbols up to which searching is quicker than a queue.</summary>
    private const int Short = 40;

    /// <summary>The neighbour of a symbol that has been merged into another.</summary>
    private const int Gone = -2;

    /// <summary>Merges in place.</summary>
    /// <param name="symbols">The symbols of a word; the merged ones come to stand in front.</param>
    /// <param name="table">What merges.</param>
    /// <returns>How many symbols are left.</returns>
    internal static int Merge<TTable>(Span<Subword> symbols, TTable table)
        where TTable : struct, IPairTable, allows ref struct =>
        symbols.Length < 2 ? symbols.Length : symbols.Length <= Short ? MergeShort(symbols, table) : MergeLong(symbols, table);

    internal static int MergeShort<TTable>(Span<Subword> symbols, TTable table)
        where TTable : struct, IPairTable, allows ref struct
    {
        int count = symbols.Length;
        Span<int> ranks = count <= Short ? stackalloc int[count] : new int[count];
        Span<int> merged = count <= Short ? stackalloc int[count] : new int[count];
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = table.RankOf(symbols[i], symbols[i + 1], out merged[i]);
        }

        while (count > 1)
        {
            (int best, int rank) = (-1, int.MaxValue);
            for (int i = 0; i < count - 1; i++)
            {
                if (ranks[i] < rank)
                {
                    (best, rank) = (i, ranks[i]);
                }
            }

            if (best < 0)
            {
                break;
            }

            symbols[best] = new Subword(merged[best], symbols[best].Start, symbols[best + 1].End);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
            merged[(best + 2)..count].CopyTo(merged[(best + 1)..]);
            count--;
            if (best + 1 < count)
            {
                ranks[best] = table.RankOf(symbols[best], symbols[best + 1], out merged[best]);
            }

            if (best > 0)
            {
                ranks[best - 1] = table.RankOf(symbols[best - 1], symbols[best], out merged[best - 1]);
            }
        }

        return count;
    }

    internal static int MergeLong<TTable>(Span<Subword> symbols, TTable table)
        where TTable : struct, IPairTable, allows ref struct
    {
        int count = symbols.Length;
        int[] next = new int[count], previous = new int[count];
        List<(Pair, long)> first = [];
        for (int i = 0; i < count; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            if (i + 1 < count && table.RankOf(symbols[i], symbols[i + 1], out int id) is var rank && rank != int.MaxValue)
            {
                first.Add((new Pair(i, symbols[i], symbols[i + 1], id), Priority(rank, i)));
            }
        }

        PriorityQueue<Pair, long> pairs = new(first);
        while (pairs.TryDequeue(out Pair pair, out _))
        {
            int left = pair.At, right = next[left];
            if (previous[left] == Gone || symbols[left] != pair.Left || right >= count || symbols[right] != pair.Right)
            {
                continue; // one of the two has been merged since
            }

            symbols[left] = new Subword(pair.Merged, pair.Left.Start, pair.Right.End);
            previous[right] = Gone;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
                Offer(pairs, table, symbols, left, next[left]);
            }

            if (previous[left] >= 0)
            {
                Offer(pairs, table, symbols, previous[left], left);
            }
        }

        int kept = 0;
        for (int at = 0; at < count; at = next[at])
        {
            symbols[kept++] = symbols[at];
        }

        return kept;
    }

    private static void Offer<TTable>(PriorityQueue<Pair, long> pairs, TTable table, Span<Subword> symbols, int left, int right)
        where TTable : struct, IPairTable, allows ref struct
    {
        int rank = table.RankOf(symbols[left], symbols[right], out int id);
        if (rank != int.MaxValue)
        {
            pairs.Enqueue(new Pair(left, symbols[left], symbols[right], id), Priority(rank, left));
        }
    }

    private static long Priority(int rank, int at) => ((long)rank << 32) | (uint)at;

    private readonly record struct Pair(int At, Subword Left, Subword Right, int Merged);
}
