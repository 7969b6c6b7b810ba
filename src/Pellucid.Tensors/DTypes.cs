namespace Pellucid.Tensors;

/// <summary>Facts about storage types.</summary>
public static class DTypes
{
    /// <summary>Bytes of one value; of <see cref="DType.Q8"/> without its scales.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.F64 => 8,
        DType.F32 or DType.I32 => 4,
        DType.Q8 => 1,
        _ => 2,
    };

    /// <summary>The safetensors name: F32, F64, BF16, F16 or I32; and Q8, which that format does not have.</summary>
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

    /// <summary>
    /// Rounds once: on the way through a single the last bit is set where anything was lost (rounding to odd), so that a
    /// tie in the single is a tie in the double.
    /// </summary>
    internal static ushort ToBFloat16(double value)
    {
        float single = (float)value;
        if (single != value && float.IsFinite(single))
        {
            uint bits = BitConverter.SingleToUInt32Bits(single);
            bool above = Math.Abs((double)single) > Math.Abs(value);
            single = BitConverter.UInt32BitsToSingle((above ? bits - 1 : bits) | 1);
        }

        return ToBFloat16(single);
    }
}
