using System.Collections.Frozen;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// A tokenizer whose tokens are words between white space: that of compiled programs and of other networks whose inputs are symbols. It is saved as
/// <c>tokenizer.json</c> in Hugging Face's form (a <c>WordLevel</c> model after a <c>WhitespaceSplit</c>). Immutable, safe for any thread.
/// </summary>
public sealed class WordTokenizer : Tokenizer
{
    private const int Nearest = 3;

    private readonly string[] _words;
    private readonly FrozenDictionary<string, int> _ids;
    private readonly int? _unknownId;

    private WordTokenizer(string[] words, FrozenDictionary<string, int> ids, string? unknown)
    {
        (_words, _ids, Unknown) = (words, ids, unknown);
        _unknownId = unknown is null ? null : ids[unknown];
    }

    /// <inheritdoc/>
    public override int Vocabulary => _words.Length;

    /// <summary>The words; a word's id is its index.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The word that stands for every other one; null where another one is an error.</summary>
    public string? Unknown { get; }

    internal override IReadOnlyList<SavedFile> Files => [new(TokenizerJson.FileName, TokenizerJson.Write(this))];

    /// <summary>A tokenizer of these words.</summary>
    /// <param name="words">Each once; the first has id 0.</param>
    /// <param name="unknown">One of them, that is to stand for every other word; null where another word is an error.</param>
    /// <exception cref="PellucidException">There is no word, one is empty, has white space or is there twice, or the unknown one is not among them.</exception>
    public static WordTokenizer Of(IEnumerable<string> words, string? unknown = null)
    {
        string[] all = [.. words];
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < all.Length; id++)
        {
            if (all[id].Length == 0 || all[id].Any(char.IsWhiteSpace))
            {
                throw new PellucidException($"Word {id}, '{OneLine(all[id])}', cannot be a token: a word has one character or more and no white space.");
            }

            if (!ids.TryAdd(all[id], id))
            {
                throw new PellucidException($"The word '{all[id]}' has two ids, {ids[all[id]]} and {id}. Give each word once.");
            }
        }

        return all.Length == 0 || (unknown is not null && !ids.ContainsKey(unknown))
            ? throw new PellucidException(all.Length == 0
                ? "A tokenizer needs one word or more."
                : $"The word for unknown ones, '{OneLine(unknown!)}', is not among the {all.Length} words. Add it to them.")
            : new WordTokenizer(all, ids.ToFrozenDictionary(StringComparer.Ordinal), unknown);
    }

    /// <summary>The ids of the words of a text, which are parted by white space.</summary>
    /// <exception cref="PellucidException">A word is not in the vocabulary, and there is none for unknown ones; the message gives the nearest.</exception>
    public override IReadOnlyList<int> Encode(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Known)];

    /// <inheritdoc/>
    /// <exception cref="PellucidException">A word is not in the vocabulary, and there is none for unknown ones; the message gives the nearest.</exception>
    public override TokenizedText Tokenize(string text, EncodeOptions options)
    {
        List<int> ids = [];
        List<(int, int)> places = [];
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (end > start)
            {
                ids.Add(Known(text[start..end]));
                places.Add((start, end));
            }

            start = end + 1;
        }

        return new TokenizedText(ids, [.. ids.Select(TokenText)], places);
    }

    /// <summary>The words of token ids, joined by spaces; one in front where they follow another token.</summary>
    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids, int? previous)
    {
        string text = string.Join(' ', ids.Select(TokenText));
        return previous is null || text.Length == 0 ? text : " " + text;
    }

    /// <inheritdoc/>
    public override int? UnknownId => _unknownId;

    /// <inheritdoc/>
    public override int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public override string TokenText(int id) => (uint)id < (uint)_words.Length
        ? _words[id]
        : throw new PellucidException($"Token id {id} is not in the tokenizer's vocabulary, 0 to {_words.Length - 1}.");

    private static string OneLine(string word) => word.ReplaceLineEndings(" ");

    private int Known(string word) => _ids.TryGetValue(word, out int id)
        ? id
        : _unknownId ?? throw new PellucidException(
            $"The word '{word}' is not in the vocabulary of {_words.Length} words. Nearest: {string.Join(", ", _words.OrderBy(other => EditDistance.Between(word, other)).Take(Nearest))}.");
}
