using System.Buffers;
using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>JSON lines: a text, or an object with a <c>text</c>, on each line; read line by line. Blank lines are passed over.</summary>
internal sealed class JsonLinesCorpus(string path) : Corpus
{
    /// <summary>Bytes of the longest line that is taken for a document.</summary>
    internal const int LongestLine = 64 << 20;

    public override string Name => path;

    public override IEnumerable<Document> Read()
    {
        int index = 0, number = 0;
        foreach (ReadOnlyMemory<byte> line in Lines())
        {
            number++;
            ReadOnlySpan<byte> content = number == 1 ? CorpusFile.WithoutMark(line.Span) : line.Span;
            if (content.ContainsAnyExcept(" \t\r"u8))
            {
                yield return new Document(index++, Parse(line[(line.Length - content.Length)..], number));
            }
        }
    }

    /// <summary>The bytes between line feeds; a carriage return before one is white space to JSON.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Lines()
    {
        using FileStream stream = CorpusFile.Reading(path, () => File.OpenRead(path));
        byte[] buffer = new byte[1 << 16];
        ArrayBufferWriter<byte> line = new();
        int number = 1;
        for (int read; (read = CorpusFile.Reading(path, () => stream.Read(buffer))) > 0;)
        {
            for (int start = 0; start < read;)
            {
                int length = buffer.AsSpan(start, read - start).IndexOf((byte)'\n');
                int end = length < 0 ? read : start + length;
                line.Write(buffer.AsSpan(start, end - start));
                start = end + 1;
                if (line.WrittenCount > LongestLine)
                {
                    throw new BadFileException(path, $"line {number} is longer than {LongestLine >> 20} MB", "Put each document on a line of its own");
                }

                if (length >= 0)
                {
                    yield return line.WrittenMemory;
                    line.ResetWrittenCount();
                    number++;
                }
            }
        }

        yield return line.WrittenMemory;
    }

    private string Parse(ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return CorpusFile.TextOf(path, $"line {number}", json.RootElement);
        }
        catch (JsonException error)
        {
            throw new BadFileException(path, $"line {number} is not valid JSON", "Give a text or an object with a 'text' on each line", error);
        }
    }
}
