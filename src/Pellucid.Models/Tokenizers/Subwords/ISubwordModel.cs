namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>What gives the ids of a piece of text. Immutable, safe for any thread.</summary>
internal interface ISubwordModel
{
    /// <summary>All tokens that it can give.</summary>
    TokenTable Tokens { get; }

    /// <summary>The id of what it cannot express; null where that is left out or an error.</summary>
    int? UnknownId { get; }

    /// <summary>Whether the tokens of two pieces, of which the second begins with this character and the first does not end in it, are those of both together.</summary>
    bool PartsBefore(char boundary);

    /// <summary>Adds the tokens of a word.</summary>
    /// <param name="word">Whole characters, one or more.</param>
    /// <param name="subwords">Receives the tokens in order.</param>
    void Cut(ReadOnlySpan<char> word, List<Subword> subwords);
}
