using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>Arrays of the shapes of a checkpoint's, each of whose values is its own place: read as parameters, they say where each value comes from.</summary>
internal sealed class IndexArrays(CheckpointArrays arrays) : CheckpointArrays
{
    internal override string Path => arrays.Path;

    internal override IReadOnlyDictionary<string, Shape> Shapes => arrays.Shapes;

    internal override void ReadRows(string name, int firstRow, Span<float> destination)
    {
        Shape shape = Shapes[name];
        long first = shape.Rank < 2 ? 0 : firstRow * (shape.Count / shape[0]);
        for (int index = 0; index < destination.Length; index++)
        {
            destination[index] = first + index;
        }
    }

    public override void Dispose()
    {
    }
}
