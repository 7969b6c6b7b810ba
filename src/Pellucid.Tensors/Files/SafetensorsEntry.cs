namespace Pellucid.Tensors.Files;

/// <summary>One array of a safetensors file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="DType">Storage type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Start">First byte in the file.</param>
/// <param name="Length">Bytes.</param>
public sealed record SafetensorsEntry(string Name, DType DType, Shape Shape, long Start, long Length);
