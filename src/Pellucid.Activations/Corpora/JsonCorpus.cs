using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>
/// A JSON list of texts, or of objects with a <c>text</c>. The list is parsed whole, so memory grows with the file (and stays within
/// a small multiple of its size); JSON lines are read one by one.
/// </summary>
internal sealed class JsonCorpus(string name, Func<Stream> open) : Corpus
{
    public override string Name => name;

    internal static new Corpus BuiltIn { get; } = new JsonCorpus(
        BuiltInName, static () => typeof(JsonCorpus).Assembly.GetManifestResourceStream("tinystories_1000.json")!);

    public override IEnumerable<Document> Read() => ReadFrom(0);

    internal override IEnumerable<Document> ReadFrom(int start)
    {
        using JsonDocument json = Parse();
        int index = start;
        foreach (JsonElement element in json.RootElement.EnumerateArray().Skip(start))
        {
            yield return new Document(index, CorpusFile.TextOf(name, $"document {index}", element));
            index++;
        }
    }

    private JsonDocument Parse()
    {
        try
        {
            using Stream stream = CorpusFile.Reading(name, open);
            JsonDocument document = CorpusFile.Reading(name, () => JsonDocument.Parse(stream));
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                return document;
            }

            document.Dispose();
            throw new BadFileException(name, "it is JSON but not a list", "Give a list of texts, or a .jsonl file");
        }
        catch (JsonException error)
        {
            throw new BadFileException(name, $"it is not valid JSON (line {error.LineNumber + 1})", "Give a list of texts", error);
        }
    }
}
