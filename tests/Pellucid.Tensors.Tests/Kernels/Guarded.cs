using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Tests.Kernels;

/// <summary>A pinned array between two guards, so that a kernel that writes outside is found out.</summary>
internal sealed unsafe class Guarded
{
    private const int Margin = 32;
    private const float Sentinel = -12345.75f;

    private readonly float[] _all;

    internal Guarded(int length)
    {
        Length = length;
        _all = GC.AllocateUninitializedArray<float>(length + (2 * Margin), pinned: true);
        _all.AsSpan().Fill(Sentinel);
    }

    internal Guarded(ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(Span);

    internal int Length { get; }

    internal Span<float> Span => _all.AsSpan(Margin, Length);

    internal float* Pointer => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_all)) + Margin;

    internal double[] Doubles => [.. Span.ToArray().Select(value => (double)value)];

    internal static Guarded Random(int length, int seed, float scale = 1)
    {
        Guarded result = new(length);
        Random random = new(seed);
        foreach (ref float value in result.Span)
        {
            value = (float)((random.NextDouble() * 2) - 1) * scale;
        }

        return result;
    }

    /// <summary>
    /// Every value is within |expected| · relative + absolute, NaN and infinities match exactly, and the guards are untouched.
    /// </summary>
    internal void AssertClose(ReadOnlySpan<double> expected, double relative, double absolute)
    {
        Assert.Equal(expected.Length, Length);
        for (int index = 0; index < Length; index++)
        {
            double want = expected[index];
            double got = Span[index];
            bool close = double.IsFinite(want) && Math.Abs(want) < float.MaxValue
                ? Math.Abs(got - want) <= (Math.Abs(want) * relative) + absolute
                : got.Equals((double)(float)want);
            Assert.True(close, $"[{index}] of {Length}: {got:R}, expected {want:R}, off by {got - want:E2}");
        }

        AssertGuards();
    }

    /// <summary>Pointers keep no array alive: say here that a kernel has done with these.</summary>
    internal static void KeepAlive(params ReadOnlySpan<Guarded> arrays)
    {
        foreach (Guarded array in arrays)
        {
            GC.KeepAlive(array);
        }
    }

    internal void AssertGuards()
    {
        for (int index = 0; index < Margin; index++)
        {
            Assert.Equal(Sentinel, _all[index]);
            Assert.Equal(Sentinel, _all[Margin + Length + index]);
        }
    }
}
