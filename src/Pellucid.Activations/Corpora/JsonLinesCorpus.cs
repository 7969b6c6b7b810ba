using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>JSON lines: a text, or an object with a <c>text</c>, on each line; read line by line.</summary>
internal sealed class JsonLinesCorpus(string path) : Corpus
{
    public override string Name => path;

    public override IEnumerable<Document> Read()
    {
        using FileStream stream = TextCorpus.Reading(path, () => File.OpenRead(path));
        using StreamReader reader = new(stream, System.Text.Encoding.Latin1); // bytes as they are: decoded strictly line by line
        int index = 0, number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            string text = TextCorpus.Decode(path, System.Text.Encoding.Latin1.GetBytes(line));
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return new Document(index, Parse(text, index, number));
                index++;
            }
        }
    }

    private string Parse(string line, int index, int number)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return JsonCorpus.Text(path, index, json.RootElement);
        }
        catch (JsonException error)
        {
            throw new BadFileException(path, $"line {number} is not JSON", "Give a text or an object with a 'text' on each line", error);
        }
    }
}
