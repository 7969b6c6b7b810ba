using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Provenances;

/// <summary>Writes and reads one record as a JSON file.</summary>
internal static class RecordFile
{
    private const int LongestFile = 1 << 20;

    internal static void Write<T>(string folder, string name, T record, JsonTypeInfo<T> type) =>
        AtomicFile.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(record, type) + "\n");

    internal static T Read<T>(string folder, string name, JsonTypeInfo<T> type, Func<T, bool> isWhole)
        where T : class
    {
        string path = Path.Combine(folder, name);
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > LongestFile)
            {
                throw Bad(path, $"it has {stream.Length} bytes; at most {LongestFile} were expected");
            }

            return JsonSerializer.Deserialize(stream, type) is { } record && isWhole(record)
                ? record
                : throw Bad(path, $"it is not what {name} should be: a value is missing or unknown");
        }
        catch (JsonException error)
        {
            throw Bad(path, $"it is not what {name} should be ({OneLine(error.Message)})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Bad(path, $"it cannot be read ({OneLine(error.Message)})", error);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');

    private static BadFileException Bad(string path, string problem, Exception? error = null) => new(path, problem, "Make the artifact again", error);
}
