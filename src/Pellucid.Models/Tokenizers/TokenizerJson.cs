using System.Text.Encodings.Web;
using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tokenizers;

/// <summary>
/// <c>tokenizer.json</c>, the form of Hugging Face's tokenizers: one object that says how text is cut and what model gives the ids. A
/// <c>WordLevel</c> model behind a <c>WhitespaceSplit</c> is written and read; anything else is refused by name, so that no text is
/// cut in another way than the file says.
/// </summary>
internal static class TokenizerJson
{
    internal const string FileName = "tokenizer.json";

    private const string WordLevel = "WordLevel";
    private const string WhitespaceSplit = "WhitespaceSplit";
    private const long LongestFile = 1 << 28;

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

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="BadFileException">It is not such a file, is of another kind, or its ids are not 0, 1, 2 and so on.</exception>
    internal static WordTokenizer Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        JsonElement root = document.RootElement, model = Part(path, root, "model");
        Require(path, "model", KindOf(path, model, "model"), WordLevel);
        Require(path, "pre_tokenizer", root.TryGetProperty("pre_tokenizer", out JsonElement before) ? KindOf(path, before, "pre_tokenizer") : null, WhitespaceSplit);
        foreach (string absent in (string[])["normalizer", "post_processor", "decoder", "truncation", "padding"])
        {
            Require(path, absent, root.TryGetProperty(absent, out JsonElement part) ? KindOf(path, part, absent) : null, null);
        }

        if (root.TryGetProperty("added_tokens", out JsonElement added) && added.ValueKind != JsonValueKind.Null
            && (added.ValueKind != JsonValueKind.Array || added.GetArrayLength() > 0))
        {
            throw Bad(path, "it has added_tokens, which are cut out of a text wherever they stand; that cannot be read yet");
        }

        string? unknown = !model.TryGetProperty("unk_token", out JsonElement word) || word.ValueKind == JsonValueKind.Null ? null
            : word.ValueKind == JsonValueKind.String ? word.GetString()
            : throw Bad(path, "its unk_token is not a text");
        string[] words = Words(path, Part(path, model, "vocab"));
        try
        {
            return WordTokenizer.Of(words, Array.IndexOf(words, unknown) < 0 ? null : unknown);
        }
        catch (PellucidException error)
        {
            throw new BadFileException(path, error.Message.TrimEnd('.'), Advice, error);
        }
    }

    private static string Advice => "Use the tokenizer that came with the model, or run the model from token ids without one";

    private static string[] Words(string path, JsonElement vocabulary)
    {
        string?[] words = new string?[vocabulary.EnumerateObject().Count()];
        foreach (JsonProperty word in vocabulary.EnumerateObject())
        {
            if (word.Value.ValueKind != JsonValueKind.Number || !word.Value.TryGetInt32(out int id) || (uint)id >= (uint)words.Length || words[id] is not null)
            {
                throw Bad(path, $"the word '{JsonFile.Short(word.Name)}' has the id {JsonFile.Short(word.Value.GetRawText())}; the {words.Length} words must have the ids 0 to {words.Length - 1}, each once");
            }

            words[id] = word.Name;
        }

        return words!;
    }

    private static JsonElement Part(string path, JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement part) && part.ValueKind == JsonValueKind.Object
            ? part
            : throw Bad(path, $"it has no object '{name}'");

    /// <summary>The type that a part of the file names; null where there is no such part.</summary>
    private static string? KindOf(string path, JsonElement part, string name) => part.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object when part.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String => type.GetString(),
        JsonValueKind.Object => "unnamed",
        _ => throw Bad(path, $"its {name} is neither an object nor null"),
    };

    private static void Require(string path, string part, string? met, string? expected)
    {
        if (met != expected)
        {
            throw Bad(path, $"its {part} is {(met is null ? "missing" : $"of the kind '{JsonFile.Short(met)}'")}; {(expected is null ? "none" : expected)} can be read");
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

    private static BadFileException Bad(string path, string problem) => new(path, problem, Advice);
}
