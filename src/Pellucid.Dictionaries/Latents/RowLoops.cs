// Loops over short rows that the sparse half of a dictionary spends its time in. They use one fixed vector width and explicit fused
// multiply-add, so that they give the same bits on every processor.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Latents;

internal static class RowLoops
{
    /// <summary>Runs <paramref name="body"/> on ranges of 0..count−1 of a fixed size, on as many threads as kernels may use.</summary>
    internal static void For(int count, int range, Action<int, int> body)
    {
        int ranges = (count + range - 1) / range;
        if (ranges <= 1 || ComputeThreads.Count == 1)
        {
            body(0, count);
            return;
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = ComputeThreads.Count };
        Parallel.For(0, ranges, options, i => body(i * range, Math.Min(count, (i + 1) * range)));
    }

    /// <summary>to += factor · from.</summary>
    internal static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        ref float y = ref MemoryMarshal.GetReference(to);
        ref float x = ref MemoryMarshal.GetReference(from);
        Vector512<float> wide = Vector512.Create(factor);
        int i = 0;
        for (; i <= from.Length - 16; i += 16)
        {
            Vector512.FusedMultiplyAdd(wide, Vector512.LoadUnsafe(ref x, (nuint)i), Vector512.LoadUnsafe(ref y, (nuint)i)).StoreUnsafe(ref y, (nuint)i);
        }

        for (; i <= from.Length - 4; i += 4)
        {
            Vector128.FusedMultiplyAdd(wide.GetLower().GetLower(), Vector128.LoadUnsafe(ref x, (nuint)i), Vector128.LoadUnsafe(ref y, (nuint)i)).StoreUnsafe(ref y, (nuint)i);
        }

        for (; i < from.Length; i++)
        {
            to[i] = MathF.FusedMultiplyAdd(factor, from[i], to[i]);
        }
    }

    /// <summary>Σ a·b.</summary>
    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        Vector512<float> first = Vector512<float>.Zero, second = Vector512<float>.Zero;
        int i = 0;
        for (; i <= a.Length - 32; i += 32)
        {
            first = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)i), Vector512.LoadUnsafe(ref y, (nuint)i), first);
            second = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)(i + 16)), Vector512.LoadUnsafe(ref y, (nuint)(i + 16)), second);
        }

        first += second;
        Vector256<float> half = first.GetLower() + first.GetUpper();
        Vector128<float> sum = half.GetLower() + half.GetUpper();
        for (; i <= a.Length - 4; i += 4)
        {
            sum = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref x, (nuint)i), Vector128.LoadUnsafe(ref y, (nuint)i), sum);
        }

        float total = (sum[0] + sum[2]) + (sum[1] + sum[3]);
        for (; i < a.Length; i++)
        {
            total = MathF.FusedMultiplyAdd(a[i], b[i], total);
        }

        return total;
    }

    /// <summary>Euclidean norm.</summary>
    internal static float Norm(ReadOnlySpan<float> a) => MathF.Sqrt(Dot(a, a));

    /// <summary>a × factor, in place.</summary>
    internal static void Scale(Span<float> a, float factor)
    {
        for (int i = 0; i < a.Length; i++)
        {
            a[i] *= factor;
        }
    }
}
