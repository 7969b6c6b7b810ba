using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;

namespace Pellucid.Models.Pickles;

/// <summary>The tensors of a file of torch.save as a checkpoint's arrays, or of several that an index names.</summary>
internal sealed class PickleArrays : CheckpointArrays
{
    /// <summary>What Hugging Face calls the one file.</summary>
    internal const string FileName = "pytorch_model.bin";

    /// <summary>What Hugging Face calls the index of many.</summary>
    internal const string IndexName = "pytorch_model.bin.index.json";

    private readonly PickleFile _file;

    private PickleArrays(PickleFile file)
    {
        _file = file;
        Shapes = file.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Shape, StringComparer.Ordinal);
    }

    internal override string Path => _file.Path;

    internal override IReadOnlyDictionary<string, Shape> Shapes { get; }

    /// <summary>Opens one file.</summary>
    /// <exception cref="Pellucid.Tensors.Files.BadFileException">It is missing, damaged, or names a class that is not a tensor's.</exception>
    internal static CheckpointArrays Open(string path) => new PickleArrays(PickleFile.Open(path));

    /// <summary>Opens the files that an index names.</summary>
    /// <exception cref="Pellucid.Tensors.Files.BadFileException">The index or a file is missing or damaged, or a name leads out of the folder.</exception>
    internal static CheckpointArrays OpenIndex(string path) => ShardedArrays.Open(path, Open);

    internal override void ReadRows(string name, int firstRow, Span<float> destination) => _file.ReadRows(_file[name], firstRow, destination);

    public override void Dispose() => _file.Dispose();
}
