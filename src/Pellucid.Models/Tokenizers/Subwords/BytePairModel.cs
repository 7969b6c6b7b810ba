// Byte-pair encoding by ranked merges: Sennrich, Haddow and Birch 2016, arXiv:1508.07909; see PairMerging. A character that the vocabulary lacks becomes its bytes
// (<0xE2>) or the unknown token.
using System.Buffers;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>The model BPE of <c>tokenizer.json</c>, of <c>merges.txt</c> and of GGUF's gpt2.</summary>
internal sealed class BytePairModel : ISubwordModel
{
    private const int Direct = 0x180; // the characters of byte-level vocabularies are all below

    private readonly BytePairOptions _options;
    private readonly Dictionary<long, (int Rank, int Merged)> _merges;
    private readonly int[] _direct = new int[Direct];
    private readonly int[]? _bytes;

    /// <summary>Creates the model.</summary>
    /// <param name="tokens">The vocabulary.</param>
    /// <param name="merges">The pairs in the order of their ranks; the spelling of a merged one is in the vocabulary.</param>
    /// <param name="options">What is done beside merging.</param>
    /// <exception cref="FormatException">A merge names a token that is not in the vocabulary.</exception>
    internal BytePairModel(TokenTable tokens, IReadOnlyList<(string Left, string Right)> merges, BytePairOptions options)
    {
        (Tokens, _options) = (tokens, options);
        _merges = new(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (string left, string right) = merges[rank];
            string rest = options.ContinuingPrefix is { Length: > 0 } prefix && right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right;
            _merges.TryAdd(Key(Known(left, rank), Known(right, rank)), (rank, Known(left + rest, rank)));
        }

        UnknownId = options.Unknown is null ? null : tokens.IdOf(options.Unknown)
            ?? throw new FormatException($"the unknown token '{Checkpoints.JsonFile.Short(options.Unknown)}' is not in the vocabulary");
        _bytes = options.ByteFallback ? ByteTokens.Of(tokens) : null;
        Span<char> character = stackalloc char[1];
        for (int unit = 0; unit < Direct; unit++)
        {
            character[0] = (char)unit;
            _direct[unit] = options.Affixed || !tokens.TryGet(character, out int id) ? -1 : id;
        }
    }

    public TokenTable Tokens { get; }

    public int? UnknownId { get; }

    public bool PartsBefore(char boundary) => !_options.Affixed && !_options.IgnoreMerges && Boundaries.Part(Tokens, boundary);

    public void Cut(ReadOnlySpan<char> word, List<Subword> subwords)
    {
        if (_options.IgnoreMerges && Tokens.TryGet(word, out int whole))
        {
            subwords.Add(new Subword(whole, 0, word.Length));
            return;
        }

        Subword[] rented = ArrayPool<Subword>.Shared.Rent(_bytes is null ? word.Length : 4 * word.Length);
        int count = Symbols(word, rented);
        count = PairMerging.Merge(rented.AsSpan(0, count), new Ranked(_merges, Tokens.Count));
        subwords.AddRange(rented.AsSpan(0, count));
        ArrayPool<Subword>.Shared.Return(rented);
    }

    private int Symbols(ReadOnlySpan<char> word, Span<Subword> symbols)
    {
        int count = 0;
        bool fuses = false; // whether the last symbol is an unknown one
        for (int start = 0; start < word.Length;)
        {
            char first = word[start];
            if (first < Direct && _direct[first] >= 0)
            {
                symbols[count++] = new Subword(_direct[first], start, ++start);
                fuses = false;
                continue;
            }

            int end = start + (char.IsHighSurrogate(first) ? 2 : 1);
            if (TryCharacter(word, start, end, out int id))
            {
                symbols[count++] = new Subword(id, start, end);
                fuses = false;
            }
            else if (_bytes is not null)
            {
                count += ByteTokens.Write(_bytes, WholeCharacters.At(word, start), start, end, symbols[count..]);
                fuses = false;
            }
            else if (UnknownId is { } unknown)
            {
                if (fuses && _options.FuseUnknown)
                {
                    symbols[count - 1] = symbols[count - 1] with { End = end };
                }
                else
                {
                    symbols[count++] = new Subword(unknown, start, end);
                }

                fuses = true;
            }

            start = end;
        }

        return count;
    }

    private bool TryCharacter(ReadOnlySpan<char> word, int start, int end, out int id)
    {
        if (!_options.Affixed)
        {
            return Tokens.TryGet(word[start..end], out id);
        }

        string spelled = $"{(start > 0 ? _options.ContinuingPrefix : "")}{word[start..end]}{(end == word.Length ? _options.EndSuffix : "")}";
        return Tokens.TryGet(spelled, out id);
    }

    private int Known(string token, int rank) => Tokens.IdOf(token)
        ?? throw new FormatException($"merge {rank} needs the token '{Checkpoints.JsonFile.Short(token)}', which is not in the vocabulary");

    /// <summary>Such that neighbouring ids give far hashes, which a pair of 32 bits each, folded by exclusive or, does not.</summary>
    private long Key(int left, int right) => ((long)left * Tokens.Count) + right;

    private readonly struct Ranked(Dictionary<long, (int Rank, int Merged)> merges, long count) : IPairTable
    {
        public int RankOf(in Subword left, in Subword right, out int merged)
        {
            if (merges.TryGetValue((left.Id * count) + right.Id, out (int Rank, int Merged) found))
            {
                merged = found.Merged;
                return found.Rank;
            }

            merged = -1;
            return int.MaxValue;
        }
    }
}
