// Unigram language model: Kudo 2018, arXiv:1804.10959. Of all ways to cut a text into pieces, the one whose sum of log probabilities is the largest, found by Viterbi's
// recurrence best(e) = max over pieces x that end at e of best(e − |x|) + log p(x), with a tree of the pieces. A character that is no piece costs the smallest log
// probability less 10, as in SentencePiece; those that touch are one unknown token, or their bytes. A piece that the user has fixed is worth more than any cut of it.
using System.Buffers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The model Unigram of <c>tokenizer.json</c> and <c>tokenizer.model</c>, and GGUF's t5.</summary>
internal sealed class UnigramModel : ISubwordModel
{
    private const double UnknownPenalty = 10, FixedDiscount = 0.1;

    private readonly double[] _scores;
    private readonly PieceTrie _trie;
    private readonly int[]? _bytes;
    private readonly double _unknownScore;

    /// <summary>Creates the model.</summary>
    /// <param name="tokens">All tokens.</param>
    /// <param name="scores">The log probability of each.</param>
    /// <param name="kinds">The kind of each.</param>
    /// <param name="bytes">The id of each byte; null where a character that is no piece is unknown.</param>
    /// <param name="unknownId">The unknown token; null where such a character is left out.</param>
    internal UnigramModel(TokenTable tokens, double[] scores, ReadOnlySpan<PieceKind> kinds, int[]? bytes, int? unknownId)
    {
        (Tokens, _bytes, UnknownId) = (tokens, bytes, unknownId);
        _scores = [.. scores];
        (double least, double most) = (double.MaxValue, double.MinValue);
        List<(string, int)> pieces = [];
        for (int id = 0; id < tokens.Count; id++)
        {
            if (kinds[id] is PieceKind.Normal or PieceKind.UserDefined && tokens[id] is { Length: > 0 } token)
            {
                pieces.Add((token, id));
                (least, most) = kinds[id] == PieceKind.Normal ? (Math.Min(least, scores[id]), Math.Max(most, scores[id])) : (least, most);
            }
        }

        for (int id = 0; id < tokens.Count; id++)
        {
            if (kinds[id] == PieceKind.UserDefined)
            {
                _scores[id] = (tokens[id]!.EnumerateRunes().Count() * Math.Max(most, 0)) - FixedDiscount;
            }
        }

        _unknownScore = (least == double.MaxValue ? 0 : least) - UnknownPenalty;
        _trie = PieceTrie.Of(pieces);
    }

    public TokenTable Tokens { get; }

    public int? UnknownId { get; }

    public bool PartsBefore(char boundary) => Boundaries.Part(Tokens, boundary);

    public void Cut(ReadOnlySpan<char> word, List<Subword> subwords)
    {
        double[] best = ArrayPool<double>.Shared.Rent(word.Length + 1);
        (int Start, int Id)[] last = ArrayPool<(int, int)>.Shared.Rent(word.Length + 1);
        best.AsSpan(1, word.Length).Fill(double.NegativeInfinity);
        best[0] = 0;
        for (int start = 0; start < word.Length;)
        {
            int single = start + (char.IsHighSurrogate(word[start]) ? 2 : 1);
            bool known = false;
            for (int node = PieceTrie.Root, end = start; end < word.Length && (node = _trie.Next(node, word[end])) >= 0;)
            {
                end++;
                if (_trie.ValueAt(node) is >= 0 and var id)
                {
                    known |= end == single;
                    Offer(best, last, start, end, id, _scores[id]);
                }
            }

            if (!known)
            {
                Offer(best, last, start, single, -1, _unknownScore);
            }

            start = single;
        }

        int first = subwords.Count;
        for (int end = word.Length; end > 0; end = last[end].Start)
        {
            subwords.Add(new Subword(last[end].Id, last[end].Start, end));
        }

        subwords.Reverse(first, subwords.Count - first);
        if (subwords.FindIndex(first, subword => subword.Id < 0) >= 0)
        {
            Express(word, subwords, first);
        }

        ArrayPool<double>.Shared.Return(best);
        ArrayPool<(int, int)>.Shared.Return(last);
    }

    private static void Offer(double[] best, (int Start, int Id)[] last, int start, int end, int id, double score)
    {
        if (best[start] + score > best[end])
        {
            best[end] = best[start] + score;
            last[end] = (start, id);
        }
    }

    /// <summary>Puts bytes or the unknown token in the place of what is no piece.</summary>
    private void Express(ReadOnlySpan<char> word, List<Subword> subwords, int first)
    {
        Subword[] cut = [.. subwords[first..]];
        subwords.RemoveRange(first, cut.Length);
        Span<Subword> bytes = stackalloc Subword[4];
        bool fuses = false;
        foreach (Subword subword in cut)
        {
            if (subword.Id >= 0)
            {
                subwords.Add(subword);
            }
            else if (_bytes is not null)
            {
                subwords.AddRange(bytes[..ByteTokens.Write(_bytes, WholeCharacters.At(word, subword.Start), subword.Start, subword.End, bytes)]);
            }
            else if (fuses)
            {
                subwords[^1] = subwords[^1] with { End = subword.End };
            }
            else if (UnknownId is { } unknown)
            {
                subwords.Add(subword with { Id = unknown });
            }

            fuses = subword.Id < 0 && _bytes is null && UnknownId is not null;
        }
    }
}
