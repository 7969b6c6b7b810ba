using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pellucid.Tensors.Kernels;

internal static unsafe partial class Packing
{
    /// <summary>The rows of a matrix (count×depth) become columns: target[k · strideTarget + row] = source[row · stride + k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Interleave(float* source, nint stride, int count, int depth, float* target, nint strideTarget)
    {
        int row = 0;
        if (Avx.IsSupported)
        {
            for (; row + 8 <= count; row += 8)
            {
                Interleave8(source + (row * stride), stride, depth, target + row, strideTarget);
            }
        }

        if (Sse.IsSupported)
        {
            for (; row + 4 <= count; row += 4)
            {
                Interleave4(source + (row * stride), stride, depth, target + row, strideTarget);
            }
        }

        for (; row < count; row++)
        {
            Rest(source + (row * stride), stride, 1, 0, depth, target + row, strideTarget);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave8(float* source, nint stride, int depth, float* target, nint strideTarget)
    {
        int k = 0;
        float* half = source + (4 * stride);
        for (; k + 8 <= depth; k += 8)
        {
            Quarter(source + k, stride, out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3);
            Quarter(half + k, stride, out Vector256<float> r4, out Vector256<float> r5, out Vector256<float> r6, out Vector256<float> r7);
            float* to = target + (k * strideTarget);
            Vector256.Store(Avx.Permute2x128(r0, r4, 0x20), to);
            Vector256.Store(Avx.Permute2x128(r1, r5, 0x20), to + strideTarget);
            Vector256.Store(Avx.Permute2x128(r2, r6, 0x20), to + (2 * strideTarget));
            Vector256.Store(Avx.Permute2x128(r3, r7, 0x20), to + (3 * strideTarget));
            Vector256.Store(Avx.Permute2x128(r0, r4, 0x31), to + (4 * strideTarget));
            Vector256.Store(Avx.Permute2x128(r1, r5, 0x31), to + (5 * strideTarget));
            Vector256.Store(Avx.Permute2x128(r2, r6, 0x31), to + (6 * strideTarget));
            Vector256.Store(Avx.Permute2x128(r3, r7, 0x31), to + (7 * strideTarget));
        }

        Rest(source, stride, 8, k, depth, target, strideTarget);
    }

    /// <summary>Four rows of eight, turned within each half: the results hold columns 0 and 4, 1 and 5, 2 and 6, 3 and 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(
        float* source, nint stride, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> r0 = Vector256.Load(source);
        Vector256<float> r1 = Vector256.Load(source + stride);
        Vector256<float> r2 = Vector256.Load(source + (2 * stride));
        Vector256<float> r3 = Vector256.Load(source + (3 * stride));
        Vector256<float> low01 = Avx.UnpackLow(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3);
        Vector256<float> high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> high23 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Shuffle(low01, low23, 0x44);
        c1 = Avx.Shuffle(low01, low23, 0xEE);
        c2 = Avx.Shuffle(high01, high23, 0x44);
        c3 = Avx.Shuffle(high01, high23, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave4(float* source, nint stride, int depth, float* target, nint strideTarget)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4)
        {
            Vector128<float> r0 = Vector128.Load(source + k);
            Vector128<float> r1 = Vector128.Load(source + stride + k);
            Vector128<float> r2 = Vector128.Load(source + (2 * stride) + k);
            Vector128<float> r3 = Vector128.Load(source + (3 * stride) + k);
            Vector128<float> low01 = Sse.UnpackLow(r0, r1);
            Vector128<float> low23 = Sse.UnpackLow(r2, r3);
            Vector128<float> high01 = Sse.UnpackHigh(r0, r1);
            Vector128<float> high23 = Sse.UnpackHigh(r2, r3);
            float* to = target + (k * strideTarget);
            Vector128.Store(Sse.MoveLowToHigh(low01, low23), to);
            Vector128.Store(Sse.MoveHighToLow(low23, low01), to + strideTarget);
            Vector128.Store(Sse.MoveLowToHigh(high01, high23), to + (2 * strideTarget));
            Vector128.Store(Sse.MoveHighToLow(high23, high01), to + (3 * strideTarget));
        }

        Rest(source, stride, 4, k, depth, target, strideTarget);
    }

    private static void Rest(float* source, nint stride, int count, int k, int depth, float* target, nint strideTarget)
    {
        for (; k < depth; k++)
        {
            for (int row = 0; row < count; row++)
            {
                target[(k * strideTarget) + row] = source[(row * stride) + k];
            }
        }
    }
}
