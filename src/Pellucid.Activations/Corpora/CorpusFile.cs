using System.Text;
using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations;

/// <summary>Reads files of text that come from outside: everything that is wrong with one is a <see cref="BadFileException"/>.</summary>
internal static class CorpusFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static string ReadText(string file)
    {
        byte[] bytes = Reading(file, () => File.ReadAllBytes(file));
        ReadOnlySpan<byte> content = WithoutMark(bytes);
        try
        {
            return Strict.GetString(content);
        }
        catch (DecoderFallbackException error)
        {
            throw NotUtf8(file, $"byte {error.Index + bytes.Length - content.Length}", error);
        }
    }

    /// <summary>The bytes without the mark that some editors put in front of UTF-8.</summary>
    internal static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        return bytes.StartsWith(mark) ? bytes[3..] : bytes;
    }

    /// <summary>The text of a JSON document: a string, or the <c>text</c> of an object.</summary>
    internal static string TextOf(string file, string place, JsonElement element)
    {
        JsonElement text = element;
        if (element.ValueKind == JsonValueKind.Object)
        {
            element.TryGetProperty("text", out text);
        }

        try
        {
            return text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new BadFileException(file, $"{place} is neither a string nor an object with a 'text'", "Give texts");
        }
        catch (InvalidOperationException error)
        {
            throw NotUtf8(file, place, error);
        }
    }

    internal static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadFileException(file, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check the path", error);
        }
    }

    private static BadFileException NotUtf8(string file, string place, Exception error) =>
        new(file, $"it is not UTF-8 ({place})", "Save it as UTF-8", error);
}
