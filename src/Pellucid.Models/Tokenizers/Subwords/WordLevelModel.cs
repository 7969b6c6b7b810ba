using Pellucid.Tensors;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The model WordLevel of <c>tokenizer.json</c>: a word is a token, or the unknown one.</summary>
internal sealed class WordLevelModel(TokenTable tokens, string? unknown) : ISubwordModel
{
    public TokenTable Tokens => tokens;

    public int? UnknownId { get; } = unknown is null ? null : tokens.IdOf(unknown);

    public bool PartsBefore(char boundary) => false;

    /// <exception cref="PellucidException">The word is not in the vocabulary, and there is no token for unknown ones.</exception>
    public void Cut(ReadOnlySpan<char> word, List<Subword> subwords) =>
        subwords.Add(new Subword(
            tokens.TryGet(word, out int id) ? id
                : UnknownId ?? throw new PellucidException($"The word '{Checkpoints.JsonFile.Short(word.ToString())}' is not in the vocabulary of {tokens.Ids.Count} words, which has no token for unknown ones. Write it otherwise."),
            0,
            word.Length));
}
