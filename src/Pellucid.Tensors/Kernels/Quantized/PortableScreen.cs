using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Tensors.Kernels;

/// <summary>Pairs of 16-bit integers in operations that .NET runs on every processor.</summary>
internal readonly unsafe struct PortableScreen : IScreenSimd<Vector128<int>>
{
    public static int Width => 4;

    public static int TileRows => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* pairs) => Vector128.Load(pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytes(sbyte* pairs) => Vector128.WidenLower(Vector128.CreateScalar(*(long*)pairs).AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(float* target, Vector128<int> value, float* factors, float factor) => Vector128.Store(
        (Vector128.ConvertToSingle(value) * (Vector128.Load(factors) * Vector128.Create(factor))) + Vector128.Load(target), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int* pair) => Vector128.Create(*pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector128<int> value) => Vector128.Store(Vector128.ConvertToSingle(value), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> left, Vector128<int> right) => (First(left) * First(right)) + ((left >> 16) * (right >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address)
    {
        // no portable instruction asks for it
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> First(Vector128<int> pairs) => (pairs << 16) >> 16;
}
