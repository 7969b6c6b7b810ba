using System.Text.Json;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>
/// A checkpoint in several files, with Hugging Face's index: <c>{"weight_map": {"array": "file"}}</c>. All files lie in the folder of the
/// index; a name with a separator, of a folder above or an absolute path is refused. What the files hold beside what the index names is left alone.
/// </summary>
internal sealed class ShardedArrays : CheckpointArrays
{
    private const int MostFiles = 2048;
    private const long LongestIndex = 1 << 28;
    private const string Advice = "Get the checkpoint again, index and all";

    private readonly Dictionary<string, CheckpointArrays> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CheckpointArrays> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shape> _shapes = new(StringComparer.Ordinal);

    private ShardedArrays(string path) => Path = path;

    internal override string Path { get; }

    internal override IReadOnlyDictionary<string, Shape> Shapes => _shapes;

    /// <summary>Opens an index and the files that it names.</summary>
    /// <param name="index">The JSON file.</param>
    /// <param name="open">Opens one of the files.</param>
    /// <exception cref="BadFileException">The index or a file is missing or damaged, an array is not where the index says, or a name leads out of the folder.</exception>
    internal static ShardedArrays Open(string index, Func<string, CheckpointArrays> open)
    {
        ShardedArrays arrays = new(index);
        try
        {
            using JsonDocument document = JsonFile.Read(index, LongestIndex, Advice);
            if (!document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            {
                throw new BadFileException(index, "it has no 'weight_map' that names a file for each array", Advice);
            }

            foreach (JsonProperty entry in map.EnumerateObject())
            {
                arrays.Add(NameOf(index, entry), entry, open);
            }

            return arrays;
        }
        catch (Exception error)
        {
            arrays.Dispose();
            throw error is InvalidOperationException ? new BadFileException(index, "a name in it is no text", Advice, error) : error; // half of a surrogate pair
        }
    }

    internal override void ReadRows(string name, int firstRow, Span<float> destination) => _owners[name].ReadRows(name, firstRow, destination);

    public override void Dispose()
    {
        foreach (CheckpointArrays file in _files.Values)
        {
            file.Dispose();
        }
    }

    private static string NameOf(string index, JsonProperty entry)
    {
        string name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        return name.Length is > 0 and <= 255 && name is not ("." or "..") && !name.Any(character => character is '/' or '\\' or ':' || char.IsControl(character))
            ? name
            : throw new BadFileException(index, $"it says that '{JsonFile.Short(entry.Name)}' is in '{JsonFile.Short(name)}', which is no file of its folder", Advice);
    }

    private void Add(string name, JsonProperty entry, Func<string, CheckpointArrays> open)
    {
        if (!_files.TryGetValue(name, out CheckpointArrays? file))
        {
            if (_files.Count == MostFiles)
            {
                throw new BadFileException(Path, $"it names more than {MostFiles} files", Advice);
            }

            string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
            if (!File.Exists(System.IO.Path.Combine(folder, name)))
            {
                throw new BadFileException(Path, $"it says that '{JsonFile.Short(entry.Name)}' is in {name}, which is not there", "Get the checkpoint again, with all of its files");
            }

            _files.Add(name, file = open(System.IO.Path.Combine(folder, name)));
        }

        string array = entry.Name;
        if (file.Unreadable.Contains(array))
        {
            return;
        }

        if (!file.Shapes.TryGetValue(array, out Shape shape))
        {
            throw new BadFileException(Path, $"it says that '{JsonFile.Short(array)}' is in {JsonFile.Short(name)}, which does not have it", Advice);
        }

        _owners.Add(array, file);
        _shapes.Add(array, shape);
    }
}
