// The block formats value by value, as plainly as they can be said: value i of a block from its bytes. The fast decoders are held to these,
// and these to the numbers of ggml's own code.
using System.Runtime.InteropServices;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Value i of a block, for every quantized format.</summary>
internal static class ReferenceBlocks
{
    internal static float Value(GgufType type, ReadOnlySpan<byte> block, int i) => type switch
    {
        GgufType.F32 => MemoryMarshal.Read<float>(block),
        GgufType.F16 => (float)MemoryMarshal.Read<Half>(block),
        GgufType.BF16 => BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(block) << 16),
        GgufType.Q8_0 => Half(block, 0) * (sbyte)block[2 + i],
        GgufType.Q4_0 => Half(block, 0) * (Nibble(block[2..], i) - 8),
        GgufType.Q4_1 => (Half(block, 0) * Nibble(block[4..], i)) + Half(block, 2),
        GgufType.Q5_0 => Half(block, 0) * ((Nibble(block[6..], i) | (Bit(block[2..], i) << 4)) - 16),
        GgufType.Q5_1 => (Half(block, 0) * (Nibble(block[8..], i) | (Bit(block[4..], i) << 4))) + Half(block, 2),
        GgufType.IQ4_NL => Half(block, 0) * SmallBlocks.Levels[Nibble(block[2..], i)],
        GgufType.Q2_K => Q2_K(block, i),
        GgufType.Q3_K => Q3_K(block, i),
        GgufType.Q4_K => Q4_K(block, i),
        GgufType.Q5_K => Q5_K(block, i),
        GgufType.Q6_K => Q6_K(block, i),
        GgufType.IQ4_XS => Half(block, 0) * (Scale4(block, i / 32) - 32) * SmallBlocks.Levels[Nibble(block[(8 + (i / 32 * 16))..], i % 32)],
        GgufType.IQ2_XXS => IQ2_XXS(block, i),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The scale of a group of 16 of Q3_K: four bits from the first eight bytes, two from the last four.</summary>
    internal static int Scale3(ReadOnlySpan<byte> scales, int group) =>
        ((scales[group % 8] >> (group / 8 * 4)) & 15) | (((scales[8 + (group % 4)] >> (group / 4 * 2)) & 3) << 4);

    /// <summary>The scale of a group of 32 of IQ4_XS: four bits from the bytes at 4, two from the word at 2.</summary>
    internal static int Scale4(ReadOnlySpan<byte> block, int group) =>
        ((block[4 + (group / 2)] >> (group % 2 * 4)) & 15) | (((MemoryMarshal.Read<ushort>(block[2..]) >> (2 * group)) & 3) << 4);

    /// <summary>
    /// The six-bit scale and minimum of a group of 32 of Q4_K and Q5_K: four bytes of scales and four of minima for the first four groups; the
    /// others have their low four bits in the last four bytes, and their high two bits above those of the first.
    /// </summary>
    internal static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> scales, int group) => group < 4
        ? (scales[group] & 63, scales[group + 4] & 63)
        : ((scales[group + 4] & 15) | (scales[group - 4] >> 6 << 4), (scales[group + 4] >> 4) | (scales[group] >> 6 << 4));

    private static float Q2_K(ReadOnlySpan<byte> block, int i)
    {
        int scale = block[i / 16];
        return (Half(block, 80) * (scale & 15) * TwoBits(block[16..], i)) - (Half(block, 82) * (scale >> 4));
    }

    private static float Q3_K(ReadOnlySpan<byte> block, int i)
    {
        int third = (block[i % 32] >> (i / 32)) & 1;
        return Half(block, 108) * (Scale3(block[96..], i / 16) - 32) * ((TwoBits(block[32..], i) | (third << 2)) - 4);
    }

    private static float Q4_K(ReadOnlySpan<byte> block, int i)
    {
        (int scale, int minimum) = ScaleAndMinimum(block[4..], i / 32);
        return (Half(block, 0) * scale * Interleaved(block[16..], i)) - (Half(block, 2) * minimum);
    }

    private static float Q5_K(ReadOnlySpan<byte> block, int i)
    {
        (int scale, int minimum) = ScaleAndMinimum(block[4..], i / 32);
        int fifth = (block[16 + (i % 32)] >> (i / 32)) & 1;
        return (Half(block, 0) * scale * (Interleaved(block[48..], i) | (fifth << 4))) - (Half(block, 2) * minimum);
    }

    private static float Q6_K(ReadOnlySpan<byte> block, int i)
    {
        (int half, int quarter, int at) = (i / 128, i / 32 % 4, i % 32);
        int lower = (block[(half * 64) + (quarter % 2 * 32) + at] >> (quarter / 2 * 4)) & 15;
        int upper = (block[128 + (half * 32) + at] >> (quarter * 2)) & 3;
        return Half(block, 208) * (sbyte)block[192 + (i / 16)] * ((lower | (upper << 4)) - 32);
    }

    private static float IQ2_XXS(ReadOnlySpan<byte> block, int i)
    {
        ReadOnlySpan<byte> group = block.Slice(2 + (i / 32 * 8), 8);
        (int point, int axis) = (group[i / 8 % 4], i % 8);
        uint word = MemoryMarshal.Read<uint>(group[4..]);
        int signs = GridBlocks.SignsOf((int)((word >> (7 * (i / 8 % 4))) & 127));
        int coordinate = GridBlocks.Coordinates[(GridBlocks.Points[point] >> (2 * axis)) & 3];
        return Half(block, 0) * (0.5f + (word >> 28)) * 0.25f * (((signs >> axis) & 1) == 0 ? coordinate : -coordinate);
    }

    private static float Half(ReadOnlySpan<byte> block, int at) => (float)MemoryMarshal.Read<Half>(block[at..]);

    /// <summary>Of 32 codes in 16 bytes: the first 16 are the low halves.</summary>
    private static int Nibble(ReadOnlySpan<byte> bytes, int i) => (bytes[i % 16] >> (i / 16 * 4)) & 15;

    /// <summary>Of 256 codes in 128 bytes: 32 bytes have 32 low halves, then 32 high halves.</summary>
    private static int Interleaved(ReadOnlySpan<byte> bytes, int i) => (bytes[(i / 64 * 32) + (i % 32)] >> (i / 32 % 2 * 4)) & 15;

    /// <summary>Of 256 codes in 64 bytes: 32 bytes have four times 32 codes, the lowest bits first.</summary>
    private static int TwoBits(ReadOnlySpan<byte> bytes, int i) => (bytes[(i / 128 * 32) + (i % 32)] >> (i / 32 % 4 * 2)) & 3;

    private static int Bit(ReadOnlySpan<byte> bytes, int i) => (bytes[i / 8] >> (i % 8)) & 1;
}
