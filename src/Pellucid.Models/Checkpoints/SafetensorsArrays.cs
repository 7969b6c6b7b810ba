using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>The arrays of one safetensors file, or of the files of a sharded checkpoint.</summary>
internal sealed class SafetensorsArrays : CheckpointArrays
{
    private readonly Dictionary<string, (SafetensorsFile File, Shape Shape)> _places = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> _files = [];

    private SafetensorsArrays(string path) => Path = path;

    internal override string Path { get; }

    internal override IReadOnlyDictionary<string, Shape> Shapes => field ??= _places.ToDictionary(place => place.Key, place => place.Value.Shape, StringComparer.Ordinal);

    /// <summary>Opens one file with all arrays.</summary>
    /// <exception cref="BadFileException">It is no safetensors file.</exception>
    internal static SafetensorsArrays Open(string path) => Open(path, arrays =>
    {
        SafetensorsFile file = arrays.Add(path);
        foreach ((string name, SafetensorsEntry entry) in file.Entries)
        {
            arrays._places.Add(name, (file, entry.Shape));
        }
    });

    /// <summary>Opens the files that an index names: each array has to be where the index says.</summary>
    /// <exception cref="BadFileException">The index is none, names what is outside its folder, or does not tell the truth.</exception>
    internal static SafetensorsArrays OpenIndex(string path) => Open(path, arrays =>
    {
        foreach ((string file, IReadOnlyList<string> names) in ShardIndex.Read(path))
        {
            SafetensorsFile shard = arrays.Add(file);
            foreach (string name in names)
            {
                if (shard.Entries.TryGetValue(name, out SafetensorsEntry? entry))
                {
                    arrays._places.Add(name, (shard, entry.Shape));
                }
                else if (!shard.Unreadable.ContainsKey(name))
                {
                    throw ShardIndex.Missing(path, file, name);
                }
            }
        }
    });

    internal override void ReadRows(string name, int firstRow, Span<float> destination) => _places[name].File.ReadRows(name, firstRow, destination);

    public override void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    private static SafetensorsArrays Open(string path, Action<SafetensorsArrays> fill)
    {
        SafetensorsArrays arrays = new(path);
        try
        {
            fill(arrays);
            return arrays;
        }
        catch
        {
            arrays.Dispose();
            throw;
        }
    }

    private SafetensorsFile Add(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        return file;
    }
}
