using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>Parameters from arrays of another owner, who may let one go when the next is asked for.</summary>
internal sealed class GivenParameters(Func<string, Tensor> read) : ParameterSource
{
    internal override Tensor Read(ParameterPoint parameter) => read(parameter.Name).To(DType.F32);

    internal override PackedMatrix Pack(ParameterPoint parameter, DType storage)
    {
        Tensor matrix = read(parameter.Name);
        return PackedMatrix.Pack(matrix.AsSpan(), matrix.Shape[0], matrix.Shape[1], outputsByInputs: false, storage);
    }

    internal override PackedMatrix PackTurned(ParameterPoint parameter, DType storage)
    {
        Tensor table = read(parameter.Name);
        return PackedMatrix.Pack(table.AsSpan(), table.Shape[1], table.Shape[0], outputsByInputs: true, storage);
    }
}
