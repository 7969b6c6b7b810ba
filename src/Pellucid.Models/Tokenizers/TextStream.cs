namespace Pellucid.Models;

/// <summary>
/// The text of tokens that come one by one: bytes are held back until their character is whole. What all calls return, one after the other, is what
/// <see cref="Tokenizer.DecodeWithoutSpecial"/>, or <see cref="Tokenizer.Decode(IEnumerable{int}, int?)"/>, gives for all tokens at once. For one thread.
/// </summary>
public sealed class TextStream
{
    /// <summary>Tokens that may wait: a character has four bytes at most, so that more are no UTF-8 and wait only for what follows them.</summary>
    private const int Longest = 64;

    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly List<int> _waiting = [];
    private int? _previous;
    private int _given;

    /// <summary>Begins a stream.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="previous">The token before the first one; null at the start of a sequence.</param>
    /// <param name="skipSpecial">Whether special tokens are left out, which is the default.</param>
    public TextStream(Tokenizer tokenizer, int? previous = null, bool skipSpecial = true) =>
        (_tokenizer, _previous, _skipSpecial) = (tokenizer, previous, skipSpecial);

    /// <summary>The text that has become whole by one more token; empty while a character is not.</summary>
    /// <exception cref="Pellucid.Tensors.PellucidException">The id is outside the vocabulary.</exception>
    public string Next(int id)
    {
        if (_skipSpecial && _tokenizer.IsSpecial(id))
        {
            return "";
        }

        _waiting.Add(id);
        string text;
        try
        {
            text = _tokenizer.Decode(_waiting, _previous);
        }
        catch
        {
            _waiting.RemoveAt(_waiting.Count - 1);
            throw;
        }

        bool whole = !text.EndsWith('\uFFFD') || _waiting.Count >= Longest;
        int end = whole ? text.Length : text.Length - 1;
        string added = end > _given ? text[_given..end] : "";
        _given = Math.Max(_given, end);
        if (whole)
        {
            (_previous, _given) = (id, 0);
            _waiting.Clear();
        }

        return added;
    }

    /// <summary>What was held back: U+FFFD for a character that was never completed. The stream may go on.</summary>
    public string End()
    {
        if (_waiting.Count == 0)
        {
            return "";
        }

        string rest = _tokenizer.Decode(_waiting, _previous)[_given..];
        (_previous, _given) = (_waiting[^1], 0);
        _waiting.Clear();
        return rest;
    }
}
