namespace Pellucid.Tensors;

/// <summary>Facts about storage types.</summary>
public static class DTypes
{
    /// <summary>Bytes of one value.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.F64 => 8,
        DType.F32 or DType.I32 => 4,
        _ => 2,
    };

    /// <summary>The safetensors name: F32, F64, BF16, F16 or I32.</summary>
    public static string Name(this DType type) => type.ToString();

    internal static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Rounds to nearest, ties to even, as every framework does; NaN stays NaN.</summary>
    internal static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
