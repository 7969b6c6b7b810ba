namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>
/// A metadata value as the header has it. Numbers and short texts are held; a text and the elements of an array stay in the file until they
/// are asked for, since a header may be mostly they.
/// </summary>
/// <param name="Type">Its type; of an array, that of its elements.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Bits">A number: its 64 bits, sign-extended, or those of a double.</param>
/// <param name="Start">Where a text's or an array's elements begin in the file.</param>
/// <param name="Count">Bytes of a text, elements of an array.</param>
/// <param name="Bytes">Bytes of the whole in the file, for texts and arrays.</param>
internal readonly record struct GgufValue(GgufValueType Type, bool IsArray, long Bits, long Start, long Count, long Bytes)
{
    /// <summary>Bytes of one value of a type; of a text, those of its length, which it has at least.</summary>
    internal static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        _ => 8,
    };
}
