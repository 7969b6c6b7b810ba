using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Bench;

/// <summary>What the machine can do at best, measured: fused multiply-adds in registers, and reading memory, on all cores together.</summary>
internal static unsafe class MachinePeak
{
    private const int Rounds = 4;

    /// <summary>Single-precision multiply-adds, in 10^9 operations a second (two for each).</summary>
    internal static double MeasureGflops()
    {
        const int steps = 20_000_000;
        int lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
        return Best(() => Vector512.IsHardwareAccelerated ? Multiply512(steps) : Multiply256(steps), 2.0 * 12 * lanes * steps);
    }

    /// <summary>Reading of memory that fits no cache, in GB a second.</summary>
    internal static double MeasureGigabytes()
    {
        const long floats = 64L << 20;
        nuint bytes = (nuint)(floats * Environment.ProcessorCount * sizeof(float));
        float* memory = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        int next = -1;
        double best = Best(() => Sum(memory + (floats * (Interlocked.Increment(ref next) % Environment.ProcessorCount)), floats), floats * (double)sizeof(float));
        NativeMemory.AlignedFree(memory);
        return best;
    }

    private static double Best(Func<float> work, double unitsEach)
    {
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => GC.KeepAlive(work())))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            best = Math.Max(best, unitsEach * Environment.ProcessorCount / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-6f), a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-6f), a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float* memory, long count)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (long i = 0; i < count; i += 32)
        {
            a += Vector256.Load(memory + i);
            b += Vector256.Load(memory + i + 8);
            c += Vector256.Load(memory + i + 16);
            d += Vector256.Load(memory + i + 24);
        }

        return Vector256.Sum(a + b + c + d);
    }
}
