using System.Collections.Concurrent;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The tokens of short words that have been met. Thread-safe.</summary>
internal sealed class WordCache
{
    private const int LongestWord = 48, MostWords = 1 << 15;

    private readonly ConcurrentDictionary<string, Subword[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Subword[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _count;

    internal WordCache() => _bySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    internal bool TryGet(ReadOnlySpan<char> word, out Subword[]? subwords)
    {
        subwords = null;
        return word.Length <= LongestWord && _bySpan.TryGetValue(word, out subwords);
    }

    /// <summary>Keeps the tokens of a word, if there is room.</summary>
    internal void Keep(ReadOnlySpan<char> word, ReadOnlySpan<Subword> subwords)
    {
        if (word.Length <= LongestWord && _count < MostWords && _words.TryAdd(word.ToString(), subwords.ToArray()))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
