using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints;

/// <summary>The arrays of a safetensors file. Those whose numbers are no weights (BOOL, I64, I32) are not among them.</summary>
internal sealed class SafetensorsArrays : CheckpointArrays
{
    private readonly SafetensorsFile _file;
    private readonly Dictionary<string, Shape> _shapes;

    private SafetensorsArrays(SafetensorsFile file)
    {
        _file = file;
        _shapes = file.Entries.Values.Where(entry => entry.DType != DType.I32).ToDictionary(entry => entry.Name, entry => entry.Shape, StringComparer.Ordinal);
        Unreadable = [.. file.Unreadable.Keys, .. file.Entries.Values.Where(entry => entry.DType == DType.I32).Select(entry => entry.Name)];
    }

    internal override string Path => _file.Path;

    internal override IReadOnlyDictionary<string, Shape> Shapes => _shapes;

    internal override IReadOnlyCollection<string> Unreadable { get; }

    /// <summary>Opens one file.</summary>
    /// <exception cref="BadFileException">It is no safetensors file.</exception>
    internal static CheckpointArrays Open(string path) => new SafetensorsArrays(SafetensorsFile.Open(path));

    /// <summary>Opens the files that an index names.</summary>
    /// <exception cref="BadFileException">The index is none, names what is outside its folder, or does not tell the truth.</exception>
    internal static CheckpointArrays OpenIndex(string path) => ShardedArrays.Open(path, Open);

    internal override void ReadRows(string name, int firstRow, Span<float> destination) => _file.ReadRows(name, firstRow, destination);

    internal override IReadOnlyDictionary<string, string> Texts => _file.Metadata;

    public override void Dispose() => _file.Dispose();
}
