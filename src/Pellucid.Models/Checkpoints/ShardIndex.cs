using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>
/// The index of a checkpoint in several files: <c>{"weight_map": {array: file}}</c>. Files lie in the folder of the index and have plain names; one
/// that leads elsewhere is refused.
/// </summary>
internal static class ShardIndex
{
    private const long LongestFile = 1 << 26;
    private const int MostFiles = 4096;
    private const string Advice = "Get the checkpoint again, with all of its files";

    /// <summary>The files with the names of the arrays in each.</summary>
    /// <exception cref="BadFileException">It is no such index, names a file outside its folder, or one that is not there.</exception>
    internal static IReadOnlyList<(string File, IReadOnlyList<string> Names)> Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        if (!document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new BadFileException(path, "it has no object 'weight_map', which says in which file each array is", Advice);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, List<string>> files = new(StringComparer.Ordinal);
        foreach (JsonProperty array in map.EnumerateObject())
        {
            string name = array.Value.ValueKind == JsonValueKind.String ? array.Value.GetString()! : "";
            if (!IsPlain(name))
            {
                throw new BadFileException(
                    path, $"array '{JsonFile.Short(array.Name)}' is said to be in {JsonFile.Short(array.Value.GetRawText())}; the plain name of a file beside it was expected",
                    "Do not use a checkpoint that reaches outside of its folder");
            }

            if (!files.TryGetValue(name, out List<string>? names))
            {
                files.Add(name, names = []);
                if (files.Count > MostFiles)
                {
                    throw new BadFileException(path, $"it names more than {MostFiles} files", Advice);
                }
            }

            names.Add(array.Name);
        }

        string? missing = files.Keys.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name)));
        return missing is null
            ? [.. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (Path.Combine(folder, file.Key), (IReadOnlyList<string>)file.Value))]
            : throw new BadFileException(path, $"the file '{JsonFile.Short(missing)}' that it names is not beside it", Advice);
    }

    /// <summary>The error for an array that is not where the index says.</summary>
    internal static BadFileException Missing(string index, string file, string array) =>
        new(index, $"array '{JsonFile.Short(array)}' is said to be in {Path.GetFileName(file)}, which does not have it", Advice);

    private static bool IsPlain(string name) =>
        name.Length is > 0 and < 256 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', ':') < 0 && !name.Any(char.IsControl);
}
