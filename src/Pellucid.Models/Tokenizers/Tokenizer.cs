using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>Turns text into token ids and back. Immutable, safe for any thread.</summary>
/// <remarks>
/// Decoding what <see cref="Encode(string)"/> gave returns the text where the tokenizer loses nothing: byte-level ones, and SentencePiece with byte fallback, return every
/// text of whole characters. Half of a surrogate pair is not a character and is taken as U+FFFD. What a normalizer changes (case, accents, compatible forms, runs of
/// spaces) and what becomes the unknown token does not come back, and where a tokenizer writes a space as U+2581, a U+2581 in the text comes back as a space.
/// </remarks>
public abstract class Tokenizer
{
    private static readonly EncodeOptions Plain = new(), Around = new() { AddSpecial = true };

    /// <summary>Number of tokens.</summary>
    public abstract int Vocabulary { get; }

    /// <summary>The token that begins a sequence; null where there is none.</summary>
    public virtual int? BosId => null;

    /// <summary>The token that ends a sequence; null where there is none.</summary>
    public virtual int? EosId => null;

    /// <summary>The token of what the vocabulary cannot express; null where there is none.</summary>
    public virtual int? UnknownId => null;

    /// <summary>The token that fills a batch; null where there is none.</summary>
    public virtual int? PadId => null;

    /// <summary>The token that hides another (<c>[MASK]</c>); null where there is none.</summary>
    public virtual int? MaskId => null;

    /// <summary>The token in front of a sequence that is classified (<c>[CLS]</c>); null where there is none.</summary>
    public virtual int? ClsId => null;

    /// <summary>The token between and after sequences (<c>[SEP]</c>); null where there is none.</summary>
    public virtual int? SepId => null;

    /// <summary>The chat templates that came with the tokenizer, Jinja text by name (<c>default</c>, <c>tool_use</c>); empty where there are none.</summary>
    public virtual IReadOnlyDictionary<string, string> ChatTemplates => System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>The files that <see cref="Tokenizers.TokenizerFiles"/> reads as this tokenizer, where it can be saved; empty where it cannot.</summary>
    internal virtual IReadOnlyList<SavedFile> Files => [];

    /// <summary>Token ids of a text with nothing around it, as <see cref="EncodeOptions"/> has it by default.</summary>
    public abstract IReadOnlyList<int> Encode(string text);

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Whether special tokens are recognized in the text, and put around it.</param>
    public virtual IReadOnlyList<int> Encode(string text, EncodeOptions options) => Encode(text);

    /// <summary>Token ids of a text with what the tokenizer puts around a sequence (<c>[CLS]</c> and <c>[SEP]</c>, BOS); by default nothing.</summary>
    public virtual IReadOnlyList<int> EncodeSequence(string text) => Encode(text, Around);

    /// <summary>Two texts as one sequence; by default one after the other, all of type 0.</summary>
    public virtual EncodedPair EncodePair(string first, string second)
    {
        IReadOnlyList<int> ids = [.. Encode(first), .. Encode(second)];
        return new EncodedPair(ids, new int[ids.Count]);
    }

    /// <summary>The tokens of a text with the place of each in it, with nothing around it.</summary>
    public TokenizedText Tokenize(string text) => Tokenize(text, Plain);

    /// <summary>The tokens of a text with the place of each in it.</summary>
    /// <param name="text">The text; the places are its UTF-16 units, whatever a normalizer makes of it.</param>
    /// <param name="options">Whether special tokens are recognized in the text, and put around it.</param>
    public abstract TokenizedText Tokenize(string text, EncodeOptions options);

    /// <summary>The id of a token by its exact spelling in the vocabulary, added tokens included; null where there is none.</summary>
    public virtual int? IdOf(string token) => null;

    /// <summary>Whether a token is special: it steers the model and is no part of a text.</summary>
    public virtual bool IsSpecial(int id) => false;

    /// <summary>The text of token ids that begin a sequence: decoding what <see cref="Encode(string)"/> gave returns the text.</summary>
    public string Decode(IEnumerable<int> ids) => Decode(ids, null);

    /// <summary>The text of token ids that follow another token.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="previous">The token before them; null at the start of a sequence, where a tokenizer may drop the space that it put in front.</param>
    /// <remarks>Bytes of a character that is spread over several tokens are put together; bytes that are no UTF-8 read as U+FFFD.</remarks>
    /// <exception cref="PellucidException">An id is outside the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids, int? previous);

    /// <summary>The text of token ids without the special ones among them.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="previous">The token before them; null at the start of a sequence.</param>
    /// <exception cref="PellucidException">An id is outside the vocabulary.</exception>
    public string DecodeWithoutSpecial(IEnumerable<int> ids, int? previous = null) => Decode(ids.Where(id => !IsSpecial(id)), previous);

    /// <summary>One token as it reads within a text; a token that is part of a character reads as <c>&lt;0xE2&gt;</c>.</summary>
    /// <exception cref="PellucidException">The id is outside the vocabulary.</exception>
    public abstract string TokenText(int id);
}
