using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>Turns text into token ids and back. Immutable, safe for any thread.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of tokens.</summary>
    public abstract int Vocabulary { get; }

    /// <summary>Token ids of a text, without BOS. Half of a surrogate pair is not a character and is taken as U+FFFD.</summary>
    public abstract IReadOnlyList<int> Encode(string text);

    /// <summary>Token ids of a text with what the tokenizer puts around a sequence (<c>[CLS]</c> and <c>[SEP]</c>, BOS); by default nothing.</summary>
    public virtual IReadOnlyList<int> EncodeSequence(string text) => Encode(text);

    /// <summary>The id of a token by its exact spelling in the vocabulary, added tokens included; null where there is none.</summary>
    public virtual int? IdOf(string token) => null;

    /// <summary>The text of token ids that begin a sequence: decoding what <see cref="Encode"/> gave returns the text.</summary>
    public string Decode(IEnumerable<int> ids) => Decode(ids, null);

    /// <summary>The text of token ids that follow another token.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="previous">The token before them; null at the start of a sequence, where a tokenizer may drop the space that it put in front.</param>
    /// <remarks>Bytes of a character that is spread over several tokens are put together; bytes that are no UTF-8 read as U+FFFD.</remarks>
    /// <exception cref="PellucidException">An id is outside the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids, int? previous);

    /// <summary>One token as it reads within a text; a token that is part of a character reads as <c>&lt;0xE2&gt;</c>.</summary>
    /// <exception cref="PellucidException">The id is outside the vocabulary.</exception>
    public abstract string TokenText(int id);
}
