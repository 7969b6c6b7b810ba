using System.Buffers;
using System.Text;
using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Texts;
using Pellucid.Tensors;

namespace Pellucid.Models.Tokenizers;

/// <summary>
/// A tokenizer in the steps of Hugging Face's <c>tokenizer.json</c>: added tokens are cut out, what lies between them is normalized and cut into pieces, a model gives the
/// ids of each piece, a template puts tokens around them, and a decoder takes them back. Files of other forms are read into the same steps. Immutable, safe for any thread.
/// </summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private const char VisibleSpace = '\u2581';

    private readonly PipelineParts _parts;
    private readonly WordCache _cache = new();
    private readonly bool _partsAtSpaces;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _addedById = [];
    private readonly (AddedTokenSearch? Raw, AddedTokenSearch? Normalized) _all, _plain;
    private IReadOnlyList<SavedFile> _files = [];

    internal PipelineTokenizer(PipelineParts parts)
    {
        _parts = parts;
        Vocabulary = parts.Model.Tokens.Count;
        foreach (AddedToken token in parts.Added)
        {
            _addedIds.TryAdd(token.Content, token.Id);
            _addedById.TryAdd(token.Id, token);
            Vocabulary = Math.Max(Vocabulary, token.Id + 1);
        }

        _all = (Search(parts.Added, normalized: false), Search(parts.Added, normalized: true));
        AddedToken[] plain = [.. parts.Added.Where(token => !token.Special)];
        _plain = (Search(plain, normalized: false), Search(plain, normalized: true));
        _partsAtSpaces = !parts.SpellsBytes && parts.Model.PartsBefore(VisibleSpace);
    }

    /// <inheritdoc/>
    public override int Vocabulary { get; }

    /// <inheritdoc/>
    public override int? BosId => _parts.Special.Bos;

    /// <inheritdoc/>
    public override int? EosId => _parts.Special.Eos;

    /// <inheritdoc/>
    public override int? UnknownId => _parts.Special.Unknown ?? _parts.Model.UnknownId;

    /// <inheritdoc/>
    public override int? PadId => _parts.Special.Pad;

    /// <inheritdoc/>
    public override int? MaskId => _parts.Special.Mask;

    /// <inheritdoc/>
    public override int? ClsId => _parts.Special.Cls;

    /// <inheritdoc/>
    public override int? SepId => _parts.Special.Sep;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> ChatTemplates => _parts.ChatTemplates;

    internal PipelineParts Parts => _parts;

    internal override IReadOnlyList<SavedFile> Files => _files;

    /// <summary>Gives it the files that it was read from; only for who has just read them.</summary>
    internal PipelineTokenizer From(IReadOnlyList<SavedFile> files)
    {
        _files = files;
        return this;
    }

    /// <summary>This tokenizer without the added tokens whose ids a network of so many tokens lacks.</summary>
    internal PipelineTokenizer Within(int vocabulary) => _parts.Added.Any(token => token.Id >= vocabulary)
        ? new PipelineTokenizer(_parts with { Added = [.. _parts.Added.Where(token => token.Id < vocabulary)] }).From(_files)
        : this;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text) => Ids(text, parseSpecial: true);

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text, EncodeOptions options)
    {
        List<int> ids = Ids(text, options.ParseSpecial);
        return options.AddSpecial && _parts.Template.Adds ? Assemble(_parts.Template.Single, ids, []).Ids : ids;
    }

    /// <inheritdoc/>
    public override EncodedPair EncodePair(string first, string second) => Assemble(_parts.Template.Pair, Ids(first, true), Ids(second, true));

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text, EncodeOptions options)
    {
        EncodedText into = new(places: true);
        Encode(text, options.ParseSpecial, into);
        List<int> ids = [];
        List<(int, int)> places = [];
        foreach (SequencePart part in options.AddSpecial ? _parts.Template.Single : SequenceTemplate.Empty.Single)
        {
            int at = ids.Count == 0 ? 0 : text.Length;
            ids.AddRange(part.Ids ?? [.. into.Ids]);
            places.AddRange(part.Ids is null ? into.Places! : Enumerable.Repeat((at, at), part.Ids.Length));
        }

        if (_parts.TrimsOffsets)
        {
            for (int i = 0; i < places.Count; i++)
            {
                places[i] = Trimmed(text, places[i]);
            }
        }

        return new TokenizedText(ids, [.. ids.Select(Spelling)], places);
    }

    /// <inheritdoc/>
    public override int? IdOf(string token) => _addedIds.TryGetValue(token, out int id) ? id : _parts.Model.Tokens.IdOf(token);

    /// <inheritdoc/>
    public override bool IsSpecial(int id) => _addedById.TryGetValue(id, out AddedToken? token) && token.Special;

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids, int? previous) => Text([.. ids.Select(Spelling)], previous is { } id && id != BosId ? Spelling(id) : null);

    /// <inheritdoc/>
    public override string TokenText(int id)
    {
        string token = Spelling(id);
        if (_addedById.ContainsKey(id))
        {
            return token;
        }

        byte[]? bytes = _parts.SpellsBytes || _parts.Decoder is ByteLevelDecoder ? ByteAlphabet.BytesOf(token) : ByteTokens.ByteOf(token) is >= 0 and var value ? [(byte)value] : null;
        return bytes is null ? Text([token], "") : Shown(bytes);
    }

    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune character, out int length) == OperationStatus.Done)
            {
                text.Append(character);
            }
            else
            {
                length = 1;
                text.Append(ByteTokens.Spelling(bytes[0]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private static (int, int) Trimmed(string text, (int Start, int End) place)
    {
        (int start, int end) = place;
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return (start, end);
    }

    private static EncodedPair Assemble(IReadOnlyList<SequencePart> template, List<int> first, List<int> second)
    {
        List<int> ids = new(first.Count + second.Count + 4), types = new(first.Count + second.Count + 4);
        foreach (SequencePart part in template)
        {
            ids.AddRange((IReadOnlyList<int>?)part.Ids ?? (part.Second ? second : first));
            types.AddRange(Enumerable.Repeat(part.TypeId, ids.Count - types.Count));
        }

        return new EncodedPair(ids, types);
    }

    private string Text(List<string> tokens, string? previous)
    {
        if (_parts.Decoder is null)
        {
            string text = string.Join(' ', tokens);
            return previous is null || text.Length == 0 ? text : " " + text;
        }

        TokenTexts texts = new() { Items = tokens, Previous = previous };
        _parts.Decoder.Apply(texts);
        return texts.Items.Count == 1 ? texts.Items[0] : string.Concat(texts.Items);
    }

    private string Spelling(int id) => _addedById.TryGetValue(id, out AddedToken? added) ? added.Content
        : _parts.Model.Tokens[id] ?? throw new PellucidException($"Token id {id} is not in the tokenizer's vocabulary, 0 to {Vocabulary - 1}.");

    private AddedTokenSearch? Search(IEnumerable<AddedToken> tokens, bool normalized)
    {
        AddedToken[] those = [.. tokens.Where(token => (token.Normalized && _parts.Normalizer is not null) == normalized && token.Content.Length > 0)];
        return those.Length == 0 ? null
            : new AddedTokenSearch(those, token => normalized ? _parts.Normalizer!.Apply(AlignedText.Of(token.Content, 0, tracks: false)).Text : token.Content);
    }

    private List<int> Ids(string text, bool parseSpecial)
    {
        EncodedText into = new(places: false);
        Encode(text, parseSpecial, into);
        return into.Ids;
    }

    private void Encode(string text, bool parseSpecial, EncodedText into)
    {
        text = WholeCharacters.Of(text);
        (AddedTokenSearch? raw, AddedTokenSearch? normalized) = parseSpecial ? _all : _plain;
        foreach ((int start, int end, AddedToken? token) in raw?.Cut(text) ?? [(0, text.Length, null)])
        {
            if (token is not null)
            {
                into.Add(token.Id, start, end);
                continue;
            }

            AlignedText part = AlignedText.Of(text[start..end], start, into.Places is not null);
            part = _parts.Normalizer?.Apply(part) ?? part;
            foreach ((int from, int to, AddedToken? inner) in normalized?.Cut(part.Text) ?? [(0, part.Text.Length, null)])
            {
                if (inner is not null)
                {
                    (int first, int last) = part.PlaceOf(from, to);
                    into.Add(inner.Id, first, last);
                }
                else if (to > from)
                {
                    Cut(part.Slice(from, to), into);
                }
            }
        }
    }

    private void Cut(AlignedText text, EncodedText into)
    {
        List<Piece> pieces = [];
        Piece whole = new(text, 0, text.Text.Length);
        if (_parts.PreTokenizer is { } pre)
        {
            pre.Cut(whole, pieces);
        }
        else
        {
            pieces.Add(whole);
        }

        foreach (Piece piece in pieces)
        {
            for (int at = piece.Start; at < piece.End;)
            {
                int end = _partsAtSpaces ? NextWord(piece.Text.Text, at, piece.End) : piece.End;
                Word(piece with { Start = at, End = end }, into);
                at = end;
            }
        }
    }

    /// <summary>Where the next visible space after another character begins.</summary>
    private static int NextWord(string text, int at, int end)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at, end - at);
        int spaces = rest.IndexOfAnyExcept(VisibleSpace);
        int next = spaces < 0 ? -1 : rest[spaces..].IndexOf(VisibleSpace);
        return next < 0 ? end : at + spaces + next;
    }

    private void Word(Piece word, EncodedText into)
    {
        ReadOnlySpan<char> units = word.Span;
        if (_cache.TryGet(units, out Subword[]? known))
        {
            into.Add(word, known);
            return;
        }

        List<Subword> subwords = [];
        if (_parts.SpellsBytes)
        {
            AlignedText spelled = ByteAlphabet.Spell(AlignedText.Of(units.ToString(), 0, tracks: true));
            _parts.Model.Cut(spelled.Text, subwords);
            for (int i = 0; i < subwords.Count; i++)
            {
                (int start, int end) = spelled.PlaceOf(subwords[i].Start, subwords[i].End);
                subwords[i] = new Subword(subwords[i].Id, start, end);
            }
        }
        else
        {
            _parts.Model.Cut(units, subwords);
        }

        ReadOnlySpan<Subword> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(subwords);
        _cache.Keep(units, all);
        into.Add(word, all);
    }
}
