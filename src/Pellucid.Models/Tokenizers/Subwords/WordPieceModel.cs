// WordPiece: Wu et al. 2016, arXiv:1609.08144, cut as in BERT (Devlin et al. 2019, arXiv:1810.04805): from the left, the longest piece of the vocabulary that fits; pieces
// within a word carry a prefix (##). A word that cannot be cut to its end, or is too long, is unknown as a whole.
namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The model WordPiece of <c>tokenizer.json</c>, <c>vocab.txt</c> and GGUF's bert.</summary>
internal sealed class WordPieceModel : ISubwordModel
{
    private readonly PieceTrie _first, _inner;
    private readonly int _mostCharacters;

    /// <summary>Creates the model.</summary>
    /// <param name="tokens">The vocabulary.</param>
    /// <param name="unknown">The token of a word that cannot be cut.</param>
    /// <param name="prefix">What marks a piece within a word.</param>
    /// <param name="mostCharacters">The length of a word from which on it is unknown, less one.</param>
    /// <exception cref="FormatException">The vocabulary lacks the unknown token.</exception>
    internal WordPieceModel(TokenTable tokens, string unknown, string prefix, int mostCharacters)
    {
        (Tokens, _mostCharacters) = (tokens, mostCharacters);
        UnknownId = tokens.IdOf(unknown) ?? throw new FormatException($"the unknown token '{Checkpoints.JsonFile.Short(unknown)}' is not in the vocabulary");
        _first = PieceTrie.Of(tokens.Ids.Select(token => (token.Key, token.Value)));
        _inner = PieceTrie.Of(tokens.Ids.Where(token => token.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(token => (token.Key[prefix.Length..], token.Value)));
    }

    public TokenTable Tokens { get; }

    public int? UnknownId { get; }

    public bool PartsBefore(char boundary) => false;

    public void Cut(ReadOnlySpan<char> word, List<Subword> subwords)
    {
        int first = subwords.Count, characters = 0;
        foreach (char unit in word)
        {
            characters += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        for (int start = 0; start < word.Length;)
        {
            (int length, int id) = characters > _mostCharacters ? (0, -1) : (start == 0 ? _first : _inner).Longest(word[start..]);
            if (length == 0)
            {
                subwords.RemoveRange(first, subwords.Count - first);
                subwords.Add(new Subword(UnknownId!.Value, 0, word.Length));
                return;
            }

            subwords.Add(new Subword(id, start, start += length));
        }
    }
}
