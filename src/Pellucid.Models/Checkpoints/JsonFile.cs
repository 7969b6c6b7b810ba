using System.Text.Json;
using System.Text.Unicode;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>JSON files from outside: of a limited length, without doubled keys, and one clear error where they are not.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Parses a file whose root is an object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The most bytes that it may have.</param>
    /// <param name="advice">What to do where it is bad.</param>
    /// <exception cref="BadFileException">It cannot be read, is too long, or is no JSON object.</exception>
    internal static JsonDocument Read(string path, long longest, string advice)
    {
        JsonDocument? document = null;
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > longest)
            {
                throw new BadFileException(path, $"it has {stream.Length} bytes; at most {longest} were expected", advice);
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (!Utf8.IsValid(bytes))
            {
                throw new BadFileException(path, "it is not JSON (its bytes are no UTF-8)", advice); // a text of such bytes could be read by nobody later
            }

            document = JsonDocument.Parse(bytes, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new BadFileException(path, $"it holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; an object was expected", advice);
        }
        catch (JsonException error)
        {
            throw new BadFileException(path, $"it is not JSON (from byte {error.BytePositionInLine + 1} of line {error.LineNumber + 1})", advice, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({Short(error.Message.TrimEnd('.'))})", advice, error);
        }
        catch (BadFileException)
        {
            document?.Dispose();
            throw;
        }
    }

    /// <summary>The text that an element is; null where it has half of a surrogate pair, which is no text.</summary>
    internal static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A text from outside as it may stand in a message: one line, and not a long one.</summary>
    internal static string Short(string text, int most = 120)
    {
        string line = string.Concat(text.Take(most).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? ' ' : character));
        return text.Length > most ? line + "…" : line;
    }
}
