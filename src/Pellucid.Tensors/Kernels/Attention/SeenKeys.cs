namespace Pellucid.Tensors.Kernels;

/// <summary>Which keys the queries of scores [batch, heads, queries, keys] see: always neighbours, and none where a query stands outside its sequence.</summary>
internal readonly unsafe struct SeenKeys
{
    internal required int Queries { get; init; }

    internal required int Keys { get; init; }

    /// <summary>The position of the first query among the keys.</summary>
    internal required int Offset { get; init; }

    /// <summary>Whether a query sees only keys up to its own position.</summary>
    internal bool Causal { get; init; }

    /// <summary>How many keys up to its own position a query sees at most; 0 for all.</summary>
    internal int Window { get; init; }

    /// <summary>Heads of a sequence; read where there are ranges.</summary>
    internal int Heads { get; init; }

    /// <summary>The first key and the end of the keys of each sequence, [batch, 2]; null where all are there.</summary>
    internal int* Ranges { get; init; }

    /// <summary>The keys that the query of a row sees, counted over [batch, head, query]: from the first to the end, which are one where it sees none.</summary>
    internal (int First, int End) Of(long row)
    {
        int own = Offset + (int)(row % Queries) + 1;
        int first = Window > 0 ? Math.Max(0, own - Window) : 0, end = Causal ? Math.Min(own, Keys) : Keys;
        if (Ranges != null)
        {
            int* range = Ranges + (2 * (row / Queries / Heads));
            first = Math.Max(first, range[0]);
            end = Math.Min(end, range[1]);
        }

        first = Math.Min(first, Keys);
        return (first, Math.Max(first, end));
    }
}
