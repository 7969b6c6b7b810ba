// SentencePiece byte-pair encoding: Kudo and Richardson 2018, arXiv:1808.06226. Starting from characters (and pieces that the user has fixed), the neighbouring pair whose
// joined spelling is the piece of the best score is merged until none is left; see PairMerging. A character that is no piece becomes its bytes where the vocabulary has all
// 256, or the unknown token. Pieces that are marked as unused do not merge.
using System.Buffers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>Byte-pair encoding by the scores of pieces: of <c>tokenizer.model</c>, of GGUF's llama, of llama2.c.</summary>
internal sealed class ScoredPairModel : ISubwordModel
{
    /// <summary>The id of a character that is no piece; those from <see cref="Fixed"/> down are pieces that do not merge.</summary>
    private const int Missing = -1;

    private const int Fixed = -2;

    private readonly TokenTable _pieces;
    private readonly int[] _ranks;
    private readonly PieceTrie? _fixed;
    private readonly int[]? _bytes;
    private readonly bool _fusesUnknown;

    /// <summary>Creates the model.</summary>
    /// <param name="tokens">All tokens.</param>
    /// <param name="scores">The score of each.</param>
    /// <param name="kinds">The kind of each: which are pieces of text, which are fixed.</param>
    /// <param name="bytes">The id of each byte; null where a character that is no piece is unknown.</param>
    /// <param name="unknownId">The unknown token.</param>
    /// <param name="fusesUnknown">Whether unknown characters that touch are one token.</param>
    internal ScoredPairModel(TokenTable tokens, float[] scores, ReadOnlySpan<PieceKind> kinds, int[]? bytes, int? unknownId, bool fusesUnknown)
    {
        (Tokens, UnknownId, _bytes, _fusesUnknown) = (tokens, unknownId, bytes, fusesUnknown);
        _ranks = new int[tokens.Count];
        string?[] pieces = new string?[tokens.Count];
        List<(string, int)> userDefined = [];
        for (int id = 0; id < tokens.Count; id++)
        {
            if (kinds[id] is PieceKind.Normal or PieceKind.UserDefined && tokens[id] is { Length: > 0 } token)
            {
                pieces[id] = token;
                if (kinds[id] == PieceKind.UserDefined)
                {
                    userDefined.Add((token, id));
                }
            }
        }

        _pieces = TokenTable.Of(pieces);
        _fixed = userDefined.Count > 0 ? PieceTrie.Of(userDefined) : null;
        int[] byScore = [.. Enumerable.Range(0, tokens.Count)];
        float[] keys = [.. byScore.Select(id => -scores[id])];
        Array.Sort(keys, byScore);
        for (int i = 0, rank = 0; i < byScore.Length; i++)
        {
            rank = i > 0 && keys[i] == keys[i - 1] ? rank : i;
            _ranks[byScore[i]] = rank;
        }
    }

    public TokenTable Tokens { get; }

    public int? UnknownId { get; }

    public bool PartsBefore(char boundary) => Boundaries.Part(_pieces, boundary);

    public void Cut(ReadOnlySpan<char> word, List<Subword> subwords)
    {
        Subword[] rented = ArrayPool<Subword>.Shared.Rent(word.Length);
        int count = 0;
        for (int start = 0; start < word.Length;)
        {
            (int length, int id) = _fixed?.Longest(word[start..]) ?? (0, -1);
            if (length == 0)
            {
                length = char.IsHighSurrogate(word[start]) ? 2 : 1;
                id = _pieces.TryGet(word.Slice(start, length), out int known) ? known : Missing;
            }
            else
            {
                id = Fixed - id;
            }

            rented[count++] = new Subword(id, start, start += length);
        }

        count = PairMerging.Merge(rented.AsSpan(0, count), new Scored(word, _pieces, _ranks));
        foreach (Subword symbol in rented.AsSpan(0, count))
        {
            Add(word, symbol, subwords);
        }

        ArrayPool<Subword>.Shared.Return(rented);
    }

    private void Add(ReadOnlySpan<char> word, Subword symbol, List<Subword> subwords)
    {
        if (symbol.Id != Missing)
        {
            subwords.Add(symbol.Id <= Fixed ? symbol with { Id = Fixed - symbol.Id } : symbol);
        }
        else if (_bytes is not null)
        {
            Span<Subword> bytes = stackalloc Subword[4];
            subwords.AddRange(bytes[..ByteTokens.Write(_bytes, WholeCharacters.At(word, symbol.Start), symbol.Start, symbol.End, bytes)]);
        }
        else if (UnknownId is { } unknown)
        {
            if (_fusesUnknown && subwords.Count > 0 && subwords[^1].Id == unknown && subwords[^1].End == symbol.Start)
            {
                subwords[^1] = subwords[^1] with { End = symbol.End };
            }
            else
            {
                subwords.Add(symbol with { Id = unknown });
            }
        }
    }

    private readonly ref struct Scored(ReadOnlySpan<char> word, TokenTable pieces, int[] ranks) : IPairTable
    {
        private readonly ReadOnlySpan<char> _word = word;

        public int RankOf(in Subword left, in Subword right, out int merged)
        {
            merged = -1;
            return left.Id > Fixed && right.Id > Fixed && pieces.TryGet(_word[left.Start..right.End], out merged) ? ranks[merged] : int.MaxValue;
        }
    }
}
