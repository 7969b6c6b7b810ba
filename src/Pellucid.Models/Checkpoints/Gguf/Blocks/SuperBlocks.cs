// Blocks of 256 values in groups of 16 or 32, each group with a scale of a few bits, and those with a half-precision scale d (and dmin) of
// the block:
//   Q2_K    16 × (scale, minimum: 4 bits), 64 bytes, d, dmin                      x = d·s·q − dmin·m          groups of 16
//   Q3_K    32 bytes of third bits, 64 bytes, 16 scales of 6 bits, d              x = d·(s − 32)·(q − 4)      groups of 16
//   Q4_K    d, dmin, 8 × (scale, minimum: 6 bits), 128 bytes                      x = d·s·q − dmin·m          groups of 32
//   Q5_K    d, dmin, 8 × (scale, minimum), 32 bytes of fifth bits, 128 bytes      x = d·s·q − dmin·m          groups of 32
//   Q6_K    128 bytes, 64 bytes of upper bits, 16 signed scales, d                x = d·s·(q − 32)            groups of 16
//   IQ4_XS  d, 8 scales of 6 bits, 128 bytes                                      x = d·(s − 32)·level[q]     groups of 32
// The layouts are those of ggml (github.com/ggml-org/ggml, pull request 1684 for the K formats), which defines the file format;
// ReferenceBlocks has the same formats value by value, with where each bit lies.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Decoders of the formats with 256 values a block and scales in two steps.</summary>
internal static class SuperBlocks
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q2_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[84..], values = values[256..])
        {
            (float d, float dmin) = (Codes.HalfAt(blocks, 80), Codes.HalfAt(blocks, 82));
            for (int group = 0; group < 8; group++)
            {
                Vector256<byte> codes = Codes.Right(Codes.Load(blocks, 16 + (group / 4 * 32)), group % 4 * 2) & Vector256.Create((byte)3);
                (int first, int second) = (blocks[2 * group], blocks[(2 * group) + 1]);
                Codes.Place(
                    codes.AsSByte(), d * (first & 15), dmin * (first >> 4), d * (second & 15), dmin * (second >> 4), ref Group(values, group));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q3_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[110..], values = values[256..])
        {
            float d = Codes.HalfAt(blocks, 108);
            Vector256<byte> thirds = Codes.Load(blocks, 0);
            for (int group = 0; group < 8; group++)
            {
                Vector256<byte> codes = Codes.Right(Codes.Load(blocks, 32 + (group / 4 * 32)), group % 4 * 2) & Vector256.Create((byte)3);
                Vector256<byte> third = Vector256.Equals(thirds & Vector256.Create((byte)(1 << group)), Vector256<byte>.Zero) & Vector256.Create((byte)4);
                Codes.Scale(
                    (codes - third).AsSByte(),
                    d * (ReferenceBlocks.Scale3(blocks[96..], 2 * group) - 32),
                    d * (ReferenceBlocks.Scale3(blocks[96..], (2 * group) + 1) - 32),
                    ref Group(values, group));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q4_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[144..], values = values[256..])
        {
            (float d, float dmin) = (Codes.HalfAt(blocks, 0), Codes.HalfAt(blocks, 2));
            for (int group = 0; group < 8; group += 2)
            {
                Vector256<byte> bytes = Codes.Load(blocks, 16 + (group * 16));
                PlaceAt(group, bytes & Codes.Nibbles, d, dmin, blocks, values);
                PlaceAt(group + 1, Codes.Right(bytes, 4) & Codes.Nibbles, d, dmin, blocks, values);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q5_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[176..], values = values[256..])
        {
            (float d, float dmin) = (Codes.HalfAt(blocks, 0), Codes.HalfAt(blocks, 2));
            Vector256<byte> fifths = Codes.Load(blocks, 16), one = Vector256.Create((byte)1);
            for (int group = 0; group < 8; group += 2)
            {
                Vector256<byte> bytes = Codes.Load(blocks, 48 + (group * 16));
                Vector256<byte> low = Codes.Left(Codes.Right(fifths, group) & one, 4), high = Codes.Left(Codes.Right(fifths, group + 1) & one, 4);
                PlaceAt(group, (bytes & Codes.Nibbles) | low, d, dmin, blocks, values);
                PlaceAt(group + 1, (Codes.Right(bytes, 4) & Codes.Nibbles) | high, d, dmin, blocks, values);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q6_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[210..], values = values[256..])
        {
            float d = Codes.HalfAt(blocks, 208);
            for (int group = 0; group < 8; group++)
            {
                (int half, int quarter) = (group / 4, group % 4);
                Vector256<byte> lower = Codes.Right(Codes.Load(blocks, (half * 64) + (quarter % 2 * 32)), quarter / 2 * 4) & Codes.Nibbles;
                Vector256<byte> upper = Codes.Right(Codes.Load(blocks, 128 + (half * 32)), quarter * 2) & Vector256.Create((byte)3);
                Vector256<sbyte> codes = (lower | Codes.Left(upper, 4)).AsSByte() - Vector256.Create((sbyte)32);
                Codes.Scale(codes, d * (sbyte)blocks[192 + (2 * group)], d * (sbyte)blocks[193 + (2 * group)], ref Group(values, group));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void IQ4_XS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[136..], values = values[256..])
        {
            float d = Codes.HalfAt(blocks, 0);
            for (int group = 0; group < 8; group++)
            {
                Codes.Scale(SmallBlocks.AtLevels(blocks, 8 + (group * 16)), d * (ReferenceBlocks.Scale4(blocks, group) - 32), ref Group(values, group));
            }
        }
    }

    /// <summary>A group of 32 codes of Q4_K or Q5_K.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlaceAt(int group, Vector256<byte> codes, float d, float dmin, ReadOnlySpan<byte> block, Span<float> values)
    {
        (int scale, int minimum) = ReferenceBlocks.ScaleAndMinimum(block[4..], group);
        Codes.Place(codes.AsSByte(), d * scale, dmin * minimum, ref Group(values, group));
    }

    /// <summary>Where a group's 32 values go; refuses a span that is shorter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float Group(Span<float> values, int group) => ref MemoryMarshal.GetReference(values.Slice(group * 32, 32));
}
