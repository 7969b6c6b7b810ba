namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The spelling of each id and the id of each spelling. Immutable.</summary>
internal sealed class TokenTable
{
    /// <summary>Ids may have gaps, but not so many that a small file asks for a large table.</summary>
    private const int GapAllowance = 1 << 12;

    private readonly string?[] _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    private TokenTable(string?[] tokens, Dictionary<string, int> ids) => (_tokens, _ids, _bySpan) = (tokens, ids, ids.GetAlternateLookup<ReadOnlySpan<char>>());

    /// <summary>One more than the largest id.</summary>
    internal int Count => _tokens.Length;

    /// <summary>The ids that there are, by their spelling.</summary>
    internal IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The spelling of an id; null where there is none.</summary>
    internal string? this[int id] => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>A table of the spellings of the ids from 0 on; null where an id has none. A spelling that is there twice is looked up as its first id.</summary>
    internal static TokenTable Of(IReadOnlyList<string?> tokens)
    {
        Dictionary<string, int> ids = new(tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token)
            {
                ids.TryAdd(token, id);
            }
        }

        return new TokenTable([.. tokens], ids);
    }

    /// <summary>A table of these ids.</summary>
    /// <exception cref="FormatException">An id is negative, is there twice, or is far above the number of tokens.</exception>
    internal static TokenTable Of(Dictionary<string, int> ids)
    {
        string?[] tokens = new string?[ids.Count == 0 ? 0 : CheckedLast(ids) + 1];
        foreach ((string token, int id) in ids)
        {
            tokens[id] = tokens[id] is null ? token : throw new FormatException($"the tokens '{Checkpoints.JsonFile.Short(tokens[id]!)}' and '{Checkpoints.JsonFile.Short(token)}' both have the id {id}");
        }

        return new TokenTable(tokens, ids);
    }

    internal bool TryGet(ReadOnlySpan<char> token, out int id) => _bySpan.TryGetValue(token, out id);

    internal int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    private static int CheckedLast(Dictionary<string, int> ids)
    {
        foreach ((string token, int id) in ids)
        {
            if (id < 0 || id >= (2L * ids.Count) + GapAllowance)
            {
                throw new FormatException($"the token '{Checkpoints.JsonFile.Short(token)}' has the id {id}, where there are {ids.Count} tokens");
            }
        }

        return ids.Values.Max();
    }
}
