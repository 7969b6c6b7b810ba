using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Vocabularies;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>The models of <c>tokenizer.json</c>.</summary>
internal static class ModelDefinitions
{
    private const int LongestWord = 100;

    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static ISubwordModel Read(Definition definition) => (definition.Kind ?? Implied(definition)) switch
    {
        "BPE" => new BytePairModel(TokenTable.Of(Vocabulary(definition)), Merges(definition), new BytePairOptions
        {
            Unknown = definition.OptionalText("unk_token"),
            FuseUnknown = definition.Flag("fuse_unk", false),
            ByteFallback = definition.Flag("byte_fallback", false),
            IgnoreMerges = definition.Flag("ignore_merges", false),
            ContinuingPrefix = definition.OptionalText("continuing_subword_prefix"),
            EndSuffix = definition.OptionalText("end_of_word_suffix"),
        }),
        "Unigram" => Unigram(definition),
        "WordPiece" => new WordPieceModel(
            TokenTable.Of(Vocabulary(definition)), definition.OptionalText("unk_token") ?? "[UNK]", definition.OptionalText("continuing_subword_prefix") ?? "##",
            definition.Number("max_input_chars_per_word", LongestWord)),
        "WordLevel" => new WordLevelModel(TokenTable.Of(Vocabulary(definition)), definition.OptionalText("unk_token")),
        _ => throw definition.Unknown("BPE, Unigram, WordPiece and WordLevel"),
    };

    /// <summary>The ids of the tokens.</summary>
    /// <exception cref="FormatException">They are not whole numbers.</exception>
    internal static Dictionary<string, int> Vocabulary(Definition definition) => Ids(definition.Members("vocab"));

    /// <summary>The ids of the tokens, which are the members of an object.</summary>
    /// <exception cref="FormatException">They are not whole numbers.</exception>
    internal static Dictionary<string, int> Ids(IEnumerable<JsonProperty> members)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (JsonProperty token in members)
        {
            ids[token.Name] = token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out int id)
                ? id
                : throw new FormatException($"the token '{JsonFile.Short(token.Name)}' has the id {Definition.Shown(token.Value)}; a whole number was expected");
        }

        return ids;
    }

    /// <summary>Older files do not name the model.</summary>
    private static string Implied(Definition definition) =>
        definition.Has("merges") ? "BPE" : definition.Find("vocab") is { ValueKind: JsonValueKind.Array } ? "Unigram" : definition.Has("max_input_chars_per_word") ? "WordPiece" : "WordLevel";

    private static List<(string, string)> Merges(Definition definition)
    {
        List<(string, string)> merges = [];
        List<string> lines = [];
        foreach (JsonElement merge in definition.Elements("merges"))
        {
            if (merge.ValueKind == JsonValueKind.String)
            {
                lines.Add(merge.GetString()!);
            }
            else if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String)
            {
                merges.Add((merge[0].GetString()!, merge[1].GetString()!));
            }
            else
            {
                throw new FormatException($"merge {merges.Count + lines.Count} is {Definition.Shown(merge)}; two tokens were expected");
            }
        }

        return merges.Count == 0 ? MergeList.Of(lines)
            : lines.Count == 0 ? merges
            : throw new FormatException("some of its merges are texts and some are pairs");
    }

    private static UnigramModel Unigram(Definition definition)
    {
        List<string?> tokens = [];
        List<double> scores = [];
        foreach (JsonElement piece in definition.Elements("vocab"))
        {
            if (piece.ValueKind != JsonValueKind.Array || piece.GetArrayLength() != 2 || piece[0].ValueKind != JsonValueKind.String
                || piece[1].ValueKind != JsonValueKind.Number || !piece[1].TryGetDouble(out double score) || !double.IsFinite(score))
            {
                throw new FormatException($"piece {tokens.Count} is {Definition.Shown(piece)}; a text and a finite number were expected");
            }

            tokens.Add(piece[0].GetString());
            scores.Add(score);
        }

        int? unknown = definition.Has("unk_id") ? definition.Number("unk_id") : null;
        if (unknown is { } id && (uint)id >= (uint)tokens.Count)
        {
            throw new FormatException($"'unk_id' of its {definition.Name} is {id}, where there are {tokens.Count} pieces");
        }

        TokenTable table = TokenTable.Of(tokens);
        bool fallsBack = definition.Flag("byte_fallback", false);
        PieceKind[] kinds = [.. tokens.Select((token, at) =>
            at == unknown ? PieceKind.Unknown : fallsBack && ByteTokens.ByteOf(token!) >= 0 ? PieceKind.Byte : PieceKind.Normal)];
        return new UnigramModel(table, [.. scores], kinds, fallsBack ? ByteTokens.Of(table) : null, unknown);
    }
}
