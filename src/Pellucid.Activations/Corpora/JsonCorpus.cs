using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>A JSON list of texts, or of objects with a <c>text</c>.</summary>
internal sealed class JsonCorpus(string name, Func<Stream> open) : Corpus
{
    public override string Name => name;

    internal static new Corpus BuiltIn { get; } = new JsonCorpus(
        BuiltInName, static () => typeof(JsonCorpus).Assembly.GetManifestResourceStream("tinystories_1000.json")!);

    public override IEnumerable<Document> Read()
    {
        using JsonDocument json = Parse();
        int index = 0;
        foreach (JsonElement element in json.RootElement.EnumerateArray())
        {
            yield return new Document(index, Text(name, index, element));
            index++;
        }
    }

    internal static string Text(string file, int index, JsonElement element)
    {
        JsonElement text = element;
        if (element.ValueKind == JsonValueKind.Object)
        {
            element.TryGetProperty("text", out text);
        }

        return text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new BadFileException(file, $"document {index} is neither a string nor an object with a 'text'", "Give texts");
    }

    private JsonDocument Parse()
    {
        try
        {
            using Stream stream = TextCorpus.Reading(name, open);
            JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                return document;
            }

            document.Dispose();
            throw new BadFileException(name, "it is JSON but not a list", "Give a list of texts, or a .jsonl file");
        }
        catch (JsonException error)
        {
            throw new BadFileException(name, $"it is not valid UTF-8 JSON (line {error.LineNumber + 1})", "Give a list of texts", error);
        }
    }
}
