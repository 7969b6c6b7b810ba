using Pellucid.Tensors;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>The arrays of a GGUF file, dequantized as they are read. Safe for many threads.</summary>
internal sealed class GgufArrays : CheckpointArrays
{
    private readonly Dictionary<string, Shape> _shapes;

    internal GgufArrays(GgufFile file)
    {
        File = file;
        _shapes = new(file.Tensors.Count, StringComparer.Ordinal);
        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            if (tensor.Format is not null)
            {
                _shapes.Add(tensor.Name, tensor.Shape);
            }
        }
    }

    /// <summary>The file, which this owns.</summary>
    internal GgufFile File { get; }

    internal override string Path => File.Path;

    internal override IReadOnlyDictionary<string, Shape> Shapes => _shapes;

    internal override void ReadRows(string name, int firstRow, Span<float> destination) => File.ReadRows(name, firstRow, destination);

    public override void Dispose() => File.Dispose();
}
