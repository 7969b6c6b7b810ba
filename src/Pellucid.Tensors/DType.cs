namespace Pellucid.Tensors;

/// <summary>How the elements of an array are stored. Arithmetic is done in <see cref="F32"/> unless an operation says otherwise.</summary>
public enum DType
{
    /// <summary>IEEE 754 binary32, 4 bytes.</summary>
    F32,

    /// <summary>IEEE 754 binary64, 8 bytes.</summary>
    F64,

    /// <summary>The upper half of a binary32 (8 exponent and 7 mantissa bits), 2 bytes.</summary>
    BF16,

    /// <summary>IEEE 754 binary16, 2 bytes.</summary>
    F16,

    /// <summary>Signed integer, 4 bytes.</summary>
    I32,

    /// <summary>
    /// Signed integers of 8 bits, with a scale for each 32 inputs of an output: of a <see cref="PackedMatrix"/> alone, for an array has no such axis.
    /// </summary>
    Q8,
}
