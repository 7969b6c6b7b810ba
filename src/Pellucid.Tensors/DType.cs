namespace Pellucid.Tensors;

/// <summary>How the values of an array are stored. Computing is always in 32-bit floating point, whatever the storage.</summary>
public enum DType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    F32,

    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    F64,

    /// <summary>The upper half of a single: 8 exponent bits, 7 of mantissa; 2 bytes.</summary>
    BF16,

    /// <summary>IEEE 754 half precision, 2 bytes.</summary>
    F16,

    /// <summary>Signed 32-bit integer, for token ids and positions.</summary>
    I32,
}
