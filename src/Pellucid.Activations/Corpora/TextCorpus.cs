using System.Text;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>A text file as one document, or the text files of a folder, ordered by name.</summary>
internal sealed class TextCorpus(string path) : Corpus
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override string Name => path;

    public override IEnumerable<Document> Read()
    {
        int index = 0;
        foreach (string file in Files())
        {
            yield return new Document(index++, ReadUtf8(file));
        }
    }

    internal static string Decode(string file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
            return Strict.GetString(bytes.StartsWith(mark) ? bytes[3..] : bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new BadFileException(file, $"it is not UTF-8 (byte {error.Index})", "Save it as UTF-8", error);
        }
    }

    internal static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(file, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path", error);
        }
    }

    private static string ReadUtf8(string file) => Decode(file, Reading(file, () => File.ReadAllBytes(file)));

    private string[] Files() => File.Exists(path)
        ? [path]
        : [.. Reading(path, () => Directory.GetFiles(path, "*.txt", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];
}
