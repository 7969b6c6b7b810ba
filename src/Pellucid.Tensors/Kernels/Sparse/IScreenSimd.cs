using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pellucid.Tensors.Kernels;

/// <summary>The vector operations of products of 16-bit integers, which lie in pairs along k.</summary>
internal unsafe interface IScreenSimd<TVector>
    where TVector : struct
{
    /// <summary>Sums, of 32 bits, in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Rows of the largest register tile that is three vectors wide: 2 or 8.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Load(int* pairs);

    /// <summary>Pairs of 8-bit integers, widened to 16 bits.</summary>
    static abstract TVector LoadBytes(sbyte* pairs);

    /// <summary>target += value · (factors · factor), in single precision.</summary>
    static abstract void Accumulate(float* target, TVector value, float* factors, float factor);

    /// <summary>One pair in every lane.</summary>
    static abstract TVector Broadcast(int* pair);

    /// <summary>Writes the sums as floats.</summary>
    static abstract void Store(float* target, TVector value);

    /// <summary>first · first + second · second of each pair.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Add(TVector left, TVector right);

    static abstract void Prefetch(byte* address);
}

/// <summary>On AVX-512 BW.</summary>
internal readonly unsafe struct Avx512Screen : IScreenSimd<Vector512<int>>
{
    public static int Width => 16;

    public static int TileRows => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* pairs) => Vector512.Load(pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBytes(sbyte* pairs) => Avx512BW.ConvertToVector512Int16(Vector256.Load(pairs)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(float* target, Vector512<int> value, float* factors, float factor) => Vector512.Store(
        Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(value), Vector512.Load(factors) * Vector512.Create(factor), Vector512.Load(target)), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int* pair) => Vector512.Create(*pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector512<int> value) => Vector512.Store(Vector512.ConvertToSingle(value), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> left, Vector512<int> right) =>
        Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Sse.Prefetch0(address);
}

/// <summary>On AVX2.</summary>
internal readonly unsafe struct Avx2Screen : IScreenSimd<Vector256<int>>
{
    public static int Width => 8;

    public static int TileRows => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* pairs) => Vector256.Load(pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadBytes(sbyte* pairs) => Avx2.ConvertToVector256Int16(Vector128.Load(pairs)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(float* target, Vector256<int> value, float* factors, float factor) => Vector256.Store(
        Fma.MultiplyAdd(Vector256.ConvertToSingle(value), Vector256.Load(factors) * Vector256.Create(factor), Vector256.Load(target)), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int* pair) => Vector256.Create(*pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector256<int> value) => Vector256.Store(Vector256.ConvertToSingle(value), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> left, Vector256<int> right) =>
        Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Sse.Prefetch0(address);
}
