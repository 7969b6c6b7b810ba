// Blocks of 32 values with one scale d, in half precision:
//   Q8_0    d, 32 signed bytes                        x = d·q
//   Q4_0    d, 16 bytes of two codes                  x = d·(q − 8)
//   Q4_1    d, m, 16 bytes of two codes               x = d·q + m
//   Q5_0    d, 32 fifth bits, 16 bytes of two codes   x = d·(q − 16)
//   Q5_1    d, m, 32 fifth bits, 16 bytes             x = d·q + m
//   IQ4_NL  d, 16 bytes of two codes                  x = d·level[q]
// The low half of byte j is value j, its high half value j + 16. The layouts are those of ggml (github.com/ggml-org/ggml), which defines the
// file format; ReferenceBlocks has the same formats value by value.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Decoders of the formats with 32 values a block.</summary>
internal static class SmallBlocks
{
    /// <summary>The sixteen numbers that a code of the non-linear formats stands for.</summary>
    internal static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q8_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[34..], values = values[32..])
        {
            Codes.Scale(Codes.Load(blocks, 2).AsSByte(), Codes.HalfAt(blocks, 0), ref First(values));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q4_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[18..], values = values[32..])
        {
            Codes.Scale(Codes.LoadNibbles(blocks, 2).AsSByte() - Vector256.Create((sbyte)8), Codes.HalfAt(blocks, 0), ref First(values));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q4_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[20..], values = values[32..])
        {
            Codes.Place(Codes.LoadNibbles(blocks, 4).AsSByte(), Codes.HalfAt(blocks, 0), -Codes.HalfAt(blocks, 2), ref First(values));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q5_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[22..], values = values[32..])
        {
            Vector256<byte> fifth = Codes.Spread(MemoryMarshal.Read<uint>(blocks[2..])) & Vector256.Create((byte)16);
            Codes.Scale((Codes.LoadNibbles(blocks, 6) | fifth).AsSByte() - Vector256.Create((sbyte)16), Codes.HalfAt(blocks, 0), ref First(values));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Q5_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[24..], values = values[32..])
        {
            Vector256<byte> fifth = Codes.Spread(MemoryMarshal.Read<uint>(blocks[4..])) & Vector256.Create((byte)16);
            Codes.Place((Codes.LoadNibbles(blocks, 8) | fifth).AsSByte(), Codes.HalfAt(blocks, 0), -Codes.HalfAt(blocks, 2), ref First(values));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void IQ4_NL(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[18..], values = values[32..])
        {
            Codes.Scale(AtLevels(blocks, 2), Codes.HalfAt(blocks, 0), ref First(values));
        }
    }

    /// <summary>16 bytes of two codes each, as the levels that they stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<sbyte> AtLevels(ReadOnlySpan<byte> block, int at)
    {
        Vector128<sbyte> levels = Vector128.Create(Levels);
        Vector256<byte> codes = Codes.LoadNibbles(block, at);
        return Vector256.Create(Vector128.Shuffle(levels, codes.GetLower().AsSByte()), Vector128.Shuffle(levels, codes.GetUpper().AsSByte()));
    }

    /// <summary>Where a block's 32 values go; refuses a span that is shorter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float First(Span<float> values) => ref MemoryMarshal.GetReference(values[..32]);
}
