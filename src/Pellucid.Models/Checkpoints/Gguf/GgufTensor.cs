using Pellucid.Tensors;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>An array of a GGUF file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its values are stored.</param>
/// <param name="Shape">Its shape, outermost axis first: the file has the sizes the other way round.</param>
/// <param name="Start">Where its data begin in the file.</param>
/// <param name="Format">Its blocks; null where the type cannot be read, whose extent is not known either.</param>
internal sealed record GgufTensor(string Name, GgufType Type, Shape Shape, long Start, BlockFormat? Format)
{
    /// <summary>Bytes of its data; 0 where the type cannot be read.</summary>
    internal long Bytes => Format is null ? 0 : Shape.Count / Format.Values * Format.Bytes;
}
