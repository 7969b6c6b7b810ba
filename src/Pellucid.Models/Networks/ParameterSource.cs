using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>Gives the parameters of a network one at a time, so that a network is built without all of them being held twice.</summary>
internal abstract class ParameterSource
{
    /// <summary>The values of a parameter as its table lays them out, in single precision; the caller's own.</summary>
    internal abstract Tensor Read(ParameterPoint parameter);

    /// <summary>A matrix, packed; the caller's own.</summary>
    internal virtual PackedMatrix Pack(ParameterPoint parameter, DType storage)
    {
        using Tensor matrix = Read(parameter);
        return PackedMatrix.Pack(matrix.AsSpan(), matrix.Shape[0], matrix.Shape[1], outputsByInputs: false, storage);
    }

    /// <summary>A table [outputs, inputs], an embedding, packed as a matrix of inputs by outputs; the caller's own.</summary>
    internal virtual PackedMatrix PackTurned(ParameterPoint parameter, DType storage)
    {
        using Tensor table = Read(parameter);
        return PackedMatrix.Pack(table.AsSpan(), table.Shape[1], table.Shape[0], outputsByInputs: true, storage);
    }
}
