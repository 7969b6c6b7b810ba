using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Values that are numbers of their own: blocks of one.</summary>
internal static class PlainNumbers
{
    internal static void F32(ReadOnlySpan<byte> blocks, Span<float> values) => blocks.CopyTo(MemoryMarshal.AsBytes(values));

    internal static void F16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(blocks);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
        }
    }

    internal static void BF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(blocks)[..values.Length];
        int i = 0;
        for (; i <= values.Length - 16; i += 16)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Create(halves[i..]));
            (lower << 16).AsSingle().CopyTo(values[i..]);
            (upper << 16).AsSingle().CopyTo(values[(i + 8)..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        }
    }
}
