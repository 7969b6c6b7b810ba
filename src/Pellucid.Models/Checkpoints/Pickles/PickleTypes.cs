using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pellucid.Models.Pickles;

/// <summary>Facts about storage types, and their values as single-precision numbers.</summary>
internal static class PickleTypes
{
    internal static int Size(this PickleType type) => type switch
    {
        PickleType.F64 or PickleType.I64 => 8,
        PickleType.F32 or PickleType.I32 => 4,
        PickleType.F16 or PickleType.BF16 or PickleType.I16 => 2,
        _ => 1,
    };

    /// <summary>The type of a storage class of PyTorch; null for what is none.</summary>
    internal static PickleType? OfStorage(string name) => name switch
    {
        "FloatStorage" => PickleType.F32,
        "DoubleStorage" => PickleType.F64,
        "HalfStorage" => PickleType.F16,
        "BFloat16Storage" => PickleType.BF16,
        "LongStorage" => PickleType.I64,
        "IntStorage" => PickleType.I32,
        "ShortStorage" => PickleType.I16,
        "CharStorage" => PickleType.I8,
        "ByteStorage" => PickleType.U8,
        "BoolStorage" => PickleType.Bool,
        _ => null,
    };

    /// <summary>Whether a name is that of a type of tensor values, <c>torch.float16</c>: an attribute that stands beside tensors and makes none.</summary>
    internal static bool IsDType(string name) => name is "float32" or "float" or "float64" or "double" or "float16" or "half" or "bfloat16"
        or "int64" or "long" or "int32" or "int" or "int16" or "short" or "int8" or "uint8" or "bool";

    /// <summary>Converts stored values; what has more precision is rounded.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="bytes">As many values as there is room for.</param>
    /// <param name="destination">Single-precision numbers.</param>
    internal static void ToSingles(this PickleType type, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        if (type == PickleType.F32 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
            return;
        }

        int size = type.Size();
        for (int i = 0; i < destination.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.Slice(i * size, size);
            destination[i] = type switch
            {
                PickleType.F32 => BinaryPrimitives.ReadSingleLittleEndian(value),
                PickleType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
                PickleType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(value),
                PickleType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(value) << 16),
                PickleType.I64 => BinaryPrimitives.ReadInt64LittleEndian(value),
                PickleType.I32 => BinaryPrimitives.ReadInt32LittleEndian(value),
                PickleType.I16 => BinaryPrimitives.ReadInt16LittleEndian(value),
                PickleType.I8 => (sbyte)value[0],
                PickleType.U8 => value[0],
                _ => value[0] == 0 ? 0 : 1,
            };
        }
    }
}
