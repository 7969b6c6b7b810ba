namespace Pellucid.Models.Pickles;

/// <summary>How the values of a storage in a PyTorch pickle are held, little-endian.</summary>
public enum PickleType
{
    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Double precision.</summary>
    F64,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a single.</summary>
    BF16,

    /// <summary>64-bit integers.</summary>
    I64,

    /// <summary>32-bit integers.</summary>
    I32,

    /// <summary>16-bit integers.</summary>
    I16,

    /// <summary>Signed bytes.</summary>
    I8,

    /// <summary>Bytes.</summary>
    U8,

    /// <summary>One byte a value: 0 is false.</summary>
    Bool,
}
