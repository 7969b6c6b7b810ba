using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Decoders;
using Pellucid.Models.Tokenizers.Normalizers;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Makes the tokenizer that a GGUF file carries, by the rules of llama.cpp, for which the files are written.</summary>
internal static class GgufTokenizer
{
    private const char Space = '\u2581';
    private const int LongestBertWord = 100;

    private static string Advice => "Convert the model anew, or run it from token ids without a tokenizer";

    /// <summary>The tokenizer of these values.</summary>
    /// <exception cref="BadFileException">They do not fit together, or the model or its pre-tokenizer is not known.</exception>
    internal static Tokenizer Of(GgufVocabulary values)
    {
        try
        {
            Check(values);
            return new PipelineTokenizer(values.Model switch
            {
                "llama" or "t5" => SentencePiece(values),
                "gpt2" => ByteLevel(values),
                "bert" => Bert(values),
                _ => throw new FormatException($"its tokenizer.ggml.model is '{JsonFile.Short(values.Model)}'; llama, gpt2, bert and t5 can be read"),
            }).From(values.File.Length > 0 ? [new SavedFile(TokenizerFiles.GgufName, values.File)] : []);
        }
        catch (FormatException error)
        {
            throw new BadFileException(values.Path, error.Message, Advice, error);
        }
    }

    private static void Check(GgufVocabulary values)
    {
        int count = values.Tokens.Count;
        foreach ((string name, int? length) in (ReadOnlySpan<(string, int?)>)[("scores", values.Scores?.Length), ("token_type", values.Types?.Length)])
        {
            if (length is { } met && met != count)
            {
                throw new FormatException($"it has {count} tokens and {met} values of tokenizer.ggml.{name}");
            }
        }

        if (values.Scores is { } scores && Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and var bad)
        {
            throw new FormatException($"the score of token {bad} is {scores[bad]}");
        }

        SpecialIds special = values.Special;
        foreach (int? id in (ReadOnlySpan<int?>)[special.Bos, special.Eos, special.Unknown, special.Pad, special.Mask, special.Cls, special.Sep])
        {
            if (id is { } met && (uint)met >= (uint)count)
            {
                throw new FormatException($"it names the special token {met}; its tokens are 0 to {count - 1}");
            }
        }
    }

    private static PipelineParts SentencePiece(GgufVocabulary values)
    {
        bool unigram = values.Model == "t5";
        return new SentencePieceVocabulary
        {
            Pieces = values.Tokens,
            Scores = values.Scores ?? throw new FormatException($"it has no tokenizer.ggml.scores, which the model '{values.Model}' needs"),
            Kinds = [.. values.Tokens.Select((_, id) => values.KindOf(id))],
            Unigram = unigram,
            Map = values.CharacterMap is { Length: > 0 } map ? CharacterMap.Read(map) : null,
            AddsSpace = values.AddsSpace ?? true,
            RemovesExtraSpaces = values.RemovesExtraSpaces ?? unigram,
            Special = values.Special with { Unknown = values.Special.Unknown ?? Unknown(values) },
            AddsBos = values.AddsBos ?? !unigram,
            AddsEos = values.AddsEos ?? unigram,
            ChatTemplates = values.ChatTemplates,
        }.Parts();
    }

    private static PipelineParts ByteLevel(GgufVocabulary values)
    {
        NamedSplit split = NamedSplit.Of(values.Pre);
        return new PipelineParts
        {
            Model = new BytePairModel(
                TokenTable.Of(values.Tokens),
                MergeList.Of(values.Merges ?? throw new FormatException("it has no tokenizer.ggml.merges, which the model 'gpt2' needs")),
                new BytePairOptions { IgnoreMerges = split.IgnoresMerges }),
            PreTokenizer = split.PreTokenizer,
            SpellsBytes = true,
            Added = [.. Added(values)],
            Template = SequenceTemplate.Around((values.AddsBos ?? split.AddsBos) ? values.Special.Bos : null, values.AddsEos == true ? values.Special.Eos : null),
            Decoder = new ByteLevelDecoder(),
            Special = values.Special,
            ChatTemplates = values.ChatTemplates ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty,
        };
    }

    /// <summary>Words begin with a visible space there; here pieces within a word begin with ##, as in BERT's own files.</summary>
    private static PipelineParts Bert(GgufVocabulary values)
    {
        bool marked = values.Tokens.Any(token => token.StartsWith(Space));
        string[] tokens = [.. values.Tokens.Select((token, id) =>
            !marked || values.KindOf(id) is PieceKind.Control or PieceKind.Unknown ? token : token.StartsWith(Space) ? token[1..] : token is ['[', .., ']'] ? token : "##" + token)];
        bool cased = tokens.Where((token, id) => values.KindOf(id) == PieceKind.Normal && token is not ['[', .., ']']).Any(token => token.AsSpan().ContainsAnyInRange('A', 'Z'));
        int? cls = values.Special.Cls ?? values.Special.Bos, sep = values.Special.Sep ?? values.Special.Eos;
        TokenTable table = TokenTable.Of(tokens);
        string unknown = values.Special.Unknown is { } id ? tokens[id] : "[UNK]";
        return new PipelineParts
        {
            Model = new WordPieceModel(table, unknown, "##", LongestBertWord),
            Normalizer = BertNormalizer.Of(cleanText: true, spaceIdeographs: true, stripAccents: null, lowercase: !cased),
            PreTokenizer = CharacterSplit.Bert,
            Added = [.. Added(values)],
            Template = cls is { } first && sep is { } last ? SequenceTemplate.Bert(first, last) : SequenceTemplate.Empty,
            Decoder = StandardDecoders.WordPiece("##", cleansUp: true),
            Special = values.Special with { Cls = cls, Sep = sep, Unknown = table.IdOf(unknown) },
            ChatTemplates = values.ChatTemplates ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty,
        };
    }

    private static IEnumerable<AddedToken> Added(GgufVocabulary values) => values.Tokens
        .Select((token, id) => (Token: token, Id: id, Kind: values.KindOf(id)))
        .Where(token => token.Token.Length > 0 && token.Kind is PieceKind.Control or PieceKind.UserDefined or PieceKind.Unknown)
        .Select(token => new AddedToken(token.Token, token.Id) { Special = token.Kind != PieceKind.UserDefined });

    private static int? Unknown(GgufVocabulary values)
    {
        int id = values.Types is null ? -1 : Array.IndexOf(values.Types, (int)PieceKind.Unknown);
        return id < 0 ? null : id;
    }
}
