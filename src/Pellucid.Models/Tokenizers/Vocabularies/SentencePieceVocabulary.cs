using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>What SentencePiece knows of a language (Kudo and Richardson 2018, arXiv:1808.06226), whichever file it came from.</summary>
internal sealed record SentencePieceVocabulary
{
    private const char Space = '\u2581';

    /// <summary>The pieces; null where an id has none.</summary>
    internal required IReadOnlyList<string?> Pieces { get; init; }

    internal required float[] Scores { get; init; }

    internal required PieceKind[] Kinds { get; init; }

    /// <summary>Whether the pieces are cut by their probabilities; otherwise pairs are merged.</summary>
    internal required bool Unigram { get; init; }

    /// <summary>Whether a character that is no piece becomes its bytes.</summary>
    internal bool ByteFallback { get; init; } = true;

    /// <summary>The normalizer's rules; null where there are none.</summary>
    internal CharacterMap? Map { get; init; }

    /// <summary>Whether a space is put in front of a text.</summary>
    internal bool AddsSpace { get; init; } = true;

    /// <summary>Whether spaces at the ends, and all but one between words, go.</summary>
    internal bool RemovesExtraSpaces { get; init; }

    internal SpecialIds Special { get; init; } = new();

    internal bool AddsBos { get; init; }

    internal bool AddsEos { get; init; }

    internal IReadOnlyDictionary<string, string>? ChatTemplates { get; init; }

    /// <summary>Tokens beside the pieces, or pieces that are cut out of a text.</summary>
    internal IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>The steps of the tokenizer. A space in front goes before each part between special tokens.</summary>
    /// <exception cref="FormatException">The parts do not fit together.</exception>
    internal PipelineParts Parts()
    {
        TokenTable tokens = TokenTable.Of(Pieces);
        int[]? bytes = ByteFallback ? ByteTokens.Of(tokens) : null;
        List<INormalizer> normalizers = Map is null ? [] : [Map];
        if (RemovesExtraSpaces)
        {
            normalizers.Add(new SpaceNormalizer());
        }

        if (AddsSpace)
        {
            normalizers.Add(new PrependNormalizer(" "));
        }

        normalizers.Add(new ReplaceNormalizer(TextPattern.Literally(" "), Space.ToString()));
        List<IDecoder> decoders = [StandardDecoders.Replace(TextPattern.Literally(Space.ToString()), " "), new ByteFallbackDecoder(), new FuseDecoder()];
        if (AddsSpace)
        {
            decoders.Add(new StripDecoder(' ', 1, 0));
        }

        return new PipelineParts
        {
            Model = Unigram
                ? new UnigramModel(tokens, [.. Scores.Select(score => (double)score)], Kinds, bytes, Special.Unknown)
                : new ScoredPairModel(tokens, Scores, Kinds, bytes, Special.Unknown, fusesUnknown: true),
            Normalizer = new NormalizerSequence(normalizers),
            Added = [.. ControlTokens(), .. Added],
            Template = SequenceTemplate.Around(AddsBos ? Special.Bos : null, AddsEos ? Special.Eos : null),
            Decoder = new DecoderSequence(decoders),
            Special = Special,
            ChatTemplates = ChatTemplates ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty,
        };
    }

    private IEnumerable<AddedToken> ControlTokens()
    {
        HashSet<int> elsewhere = [.. Added.Select(token => token.Id)];
        for (int id = 0; id < Kinds.Length; id++)
        {
            if (Kinds[id] is PieceKind.Control or PieceKind.Unknown && Pieces[id] is { Length: > 0 } piece && !elsewhere.Contains(id))
            {
                yield return new AddedToken(piece, id) { Special = true };
            }
        }
    }
}
