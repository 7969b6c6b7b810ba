using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>
/// The steps that block formats share: 32 codes of a few bits are brought into the bytes of one vector, and become numbers by
/// code · scale, or code · scale − minimum. Products and differences are rounded one by one, so that any processor gives the same bits.
/// </summary>
internal static class Codes
{
    internal static Vector256<byte> Nibbles => Vector256.Create((byte)15);

    /// <summary>A half-precision number of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float HalfAt(ReadOnlySpan<byte> block, int at) => (float)MemoryMarshal.Read<Half>(block[at..]);

    /// <summary>32 bytes of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Load(ReadOnlySpan<byte> block, int at) => Vector256.Create(block.Slice(at, 32));

    /// <summary>16 bytes of a block: their low halves as the first 16 codes, their high halves as the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> LoadNibbles(ReadOnlySpan<byte> block, int at)
    {
        Vector128<byte> bytes = Vector128.Create(block.Slice(at, 16));
        return Vector256.Create(bytes, Right(bytes, 4)) & Nibbles;
    }

    /// <summary>Each byte moved right; bits of its neighbour come in from above and are for the caller to mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Right(Vector256<byte> bytes, int bits) => (bytes.AsUInt16() >>> bits).AsByte();

    /// <inheritdoc cref="Right(Vector256{byte}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Right(Vector128<byte> bytes, int bits) => (bytes.AsUInt16() >>> bits).AsByte();

    /// <summary>Each byte moved left; bits of its neighbour come in from below and are for the caller to mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Left(Vector256<byte> bytes, int bits) => (bytes.AsUInt16() << bits).AsByte();

    /// <summary>32 bits as 32 bytes, all ones where the bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Spread(uint bits)
    {
        const ulong Ones = 0x0101010101010101, Each = 0x8040201008040201;
        Vector256<byte> copies = Vector256.Create((bits & 0xFF) * Ones, ((bits >> 8) & 0xFF) * Ones, ((bits >> 16) & 0xFF) * Ones, (bits >> 24) * Ones).AsByte();
        Vector256<byte> each = Vector256.Create(Each).AsByte();
        return Vector256.Equals(copies & each, each);
    }

    /// <summary>values[i] = code[i] · scale, 32 of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale(Vector256<sbyte> codes, float scale, ref float values) => Scale(codes, scale, scale, ref values);

    /// <summary>values[i] = code[i] · scale: one scale for the first 16, one for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale(Vector256<sbyte> codes, float first, float second, ref float values)
    {
        (Vector256<short> low, Vector256<short> high) = Vector256.Widen(codes);
        (Vector256<int> a, Vector256<int> b) = Vector256.Widen(low);
        (Vector256<int> c, Vector256<int> d) = Vector256.Widen(high);
        (Vector256.ConvertToSingle(a) * first).StoreUnsafe(ref values);
        (Vector256.ConvertToSingle(b) * first).StoreUnsafe(ref values, 8);
        (Vector256.ConvertToSingle(c) * second).StoreUnsafe(ref values, 16);
        (Vector256.ConvertToSingle(d) * second).StoreUnsafe(ref values, 24);
    }

    /// <summary>values[i] = code[i] · scale − minimum, 32 of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Place(Vector256<sbyte> codes, float scale, float minimum, ref float values) => Place(codes, scale, minimum, scale, minimum, ref values);

    /// <summary>values[i] = code[i] · scale − minimum: one pair for the first 16, one for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Place(Vector256<sbyte> codes, float first, float firstMinimum, float second, float secondMinimum, ref float values)
    {
        (Vector256<short> low, Vector256<short> high) = Vector256.Widen(codes);
        (Vector256<int> a, Vector256<int> b) = Vector256.Widen(low);
        (Vector256<int> c, Vector256<int> d) = Vector256.Widen(high);
        ((Vector256.ConvertToSingle(a) * first) - Vector256.Create(firstMinimum)).StoreUnsafe(ref values);
        ((Vector256.ConvertToSingle(b) * first) - Vector256.Create(firstMinimum)).StoreUnsafe(ref values, 8);
        ((Vector256.ConvertToSingle(c) * second) - Vector256.Create(secondMinimum)).StoreUnsafe(ref values, 16);
        ((Vector256.ConvertToSingle(d) * second) - Vector256.Create(secondMinimum)).StoreUnsafe(ref values, 24);
    }
}
