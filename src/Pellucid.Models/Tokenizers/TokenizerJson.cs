using System.Text.Encodings.Web;
using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Tokenizers.Definitions;
using Pellucid.Models.Tokenizers.PreTokenizers;
using Pellucid.Models.Tokenizers.Sequences;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>
/// <c>tokenizer.json</c>, the form of Hugging Face's tokenizers: one object that says how text is normalized and cut, what model gives the ids, and what goes
/// around them. What cannot be read is refused by name, so that no text is cut in another way than the file says; truncation and padding, which are
/// a matter of batches, are left to the caller. Written is a <c>WordLevel</c> model behind a <c>WhitespaceSplit</c>.
/// </summary>
internal static class TokenizerJson
{
    internal const string FileName = "tokenizer.json";

    private const string WordLevel = "WordLevel";
    private const string WhitespaceSplit = "WhitespaceSplit";
    private const long LongestFile = 1 << 28;
    private const int LongestProblem = 500;

    private static readonly JsonWriterOptions Format = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Write(WordTokenizer tokenizer)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            json.WriteEndArray();
            json.WriteNull("normalizer");
            json.WriteStartObject("pre_tokenizer");
            json.WriteString("type", WhitespaceSplit);
            json.WriteEndObject();
            json.WriteNull("post_processor");
            json.WriteNull("decoder");
            json.WriteStartObject("model");
            json.WriteString("type", WordLevel);
            json.WriteStartObject("vocab");
            for (int id = 0; id < tokenizer.Words.Count; id++)
            {
                json.WriteNumber(tokenizer.Words[id], id);
            }

            json.WriteEndObject();
            json.WriteString("unk_token", tokenizer.Unknown ?? NoWordOf(tokenizer));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static string Advice => "Use the tokenizer that came with the model, or run the model from token ids without one";

    /// <summary>Reads a tokenizer: a <see cref="WordTokenizer"/> where the file is as <see cref="Write"/> leaves it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What the files beside it say.</param>
    /// <exception cref="BadFileException">It is not such a file, or holds something that cannot be read; the message names it.</exception>
    internal static Tokenizer Read(string path, TokenizerSettings settings)
    {
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        return Read(path, document.RootElement, settings);
    }

    /// <summary>Reads a tokenizer from its file's content.</summary>
    /// <exception cref="BadFileException">It cannot be read.</exception>
    internal static Tokenizer Read(string path, JsonElement root, TokenizerSettings settings)
    {
        try
        {
            Definition file = Definition.Of("file", root), model = Definition.Of("model", file.Find("model") ?? throw file.Missing("model"));
            return IsPlainWords(file, model) ? Words(model) : new PipelineTokenizer(settings.Complete(Parts(file, model), template: true));
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            // A text with half of a surrogate pair is no text: System.Text.Json says so by InvalidOperationException.
            throw new BadFileException(path, JsonFile.Short(error.Message.TrimEnd('.'), LongestProblem), Advice, error);
        }
    }

    private static PipelineParts Parts(Definition file, Definition model)
    {
        ISubwordModel subwords = ModelDefinitions.Read(model);
        IPreTokenizer? pre = file.Find("pre_tokenizer") is { } cuts ? PreTokenizerDefinitions.Read(Definition.Of("pre_tokenizer", cuts)) : null;
        (SequenceTemplate? template, bool trims) =
            file.Find("post_processor") is { } after ? TemplateDefinitions.Read(Definition.Of("post_processor", after)) : (null, false);
        bool spells = LastSpellsBytes(pre, out IPreTokenizer? unspelled);
        List<AddedToken> added = [];
        foreach (Definition token in file.Find("added_tokens") is null ? [] : (file with { Name = "added_tokens" }).List("added_tokens"))
        {
            added.Add(AddedTokenDefinitions.Read(token, token.Number("id"), subwords.Tokens.Count));
        }

        return new PipelineParts
        {
            Model = subwords,
            Normalizer = file.Find("normalizer") is { } changes ? NormalizerDefinitions.Read(Definition.Of("normalizer", changes)) : null,
            PreTokenizer = unspelled,
            SpellsBytes = spells,
            Added = added,
            Template = template ?? SequenceTemplate.Empty,
            TrimsOffsets = trims,
            Decoder = file.Find("decoder") is { } back ? DecoderDefinitions.Read(Definition.Of("decoder", back)) : null,
        };
    }

    /// <summary>Whether bytes are spelled at the end, which is then left to the tokenizer: it does so once for each word that it meets.</summary>
    private static bool LastSpellsBytes(IPreTokenizer? pre, out IPreTokenizer? rest)
    {
        rest = pre switch
        {
            ByteLevelSplit { SpellsBytes: true } only => only.WithoutSpelling,
            PreTokenizerSequence { Steps: [.., ByteLevelSplit { SpellsBytes: true } last] } all => new PreTokenizerSequence([.. all.Steps.SkipLast(1), last.WithoutSpelling]),
            _ => pre,
        };
        return !ReferenceEquals(rest, pre);
    }

    private static bool IsPlainWords(Definition file, Definition model) =>
        model.Kind == WordLevel
        && file.Find("pre_tokenizer") is { ValueKind: JsonValueKind.Object } pre && new Definition("pre_tokenizer", pre).Kind == WhitespaceSplit
        && !file.Has("normalizer") && !file.Has("post_processor") && !file.Has("decoder")
        && file.Find("added_tokens") is null or { ValueKind: JsonValueKind.Array } && AddedCount(file) == 0;

    private static int AddedCount(Definition file) => file.Find("added_tokens")?.GetArrayLength() ?? 0;

    private static WordTokenizer Words(Definition model)
    {
        Dictionary<string, int> vocabulary = ModelDefinitions.Vocabulary(model);
        string?[] words = new string?[vocabulary.Count];
        foreach ((string word, int id) in vocabulary)
        {
            words[id] = (uint)id < (uint)words.Length && words[id] is null
                ? word
                : throw new FormatException($"the word '{JsonFile.Short(word)}' has the id {id}; the {words.Length} words must have the ids 0 to {words.Length - 1}, each once");
        }

        string? unknown = model.OptionalText("unk_token");
        try
        {
            return WordTokenizer.Of(words!, Array.IndexOf(words, unknown) < 0 ? null : unknown);
        }
        catch (PellucidException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>The form wants a word for unknown ones; one that is not in the vocabulary stands for none.</summary>
    private static string NoWordOf(WordTokenizer tokenizer)
    {
        string word = "<unk>";
        while (tokenizer.Words.Contains(word))
        {
            word += "?";
        }

        return word;
    }
}
