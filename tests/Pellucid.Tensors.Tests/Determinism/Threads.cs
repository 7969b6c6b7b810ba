using System.Runtime.InteropServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Determinism;

/// <summary>Does work on one, two and three threads, and compares the bits.</summary>
internal static class Threads
{
    private static readonly WorkerPool[] Pools = [new(1), new(2), new(3)];

    /// <summary>The results of work must be the same to the bit; null stands for one that there is not.</summary>
    internal static void AssertSameBits(string what, Func<IReadOnlyList<float[]?>> work)
    {
        IReadOnlyList<float[]?>? expected = null;
        foreach (WorkerPool pool in Pools)
        {
            using IDisposable use = Workers.Use(pool);
            IReadOnlyList<float[]?> actual = work();
            expected ??= actual;
            Assert.Equal(expected.Count, actual.Count);
            for (int i = 0; i < actual.Count; i++)
            {
                Assert.Equal(expected[i] is null, actual[i] is null);
                Assert.True(
                    MemoryMarshal.AsBytes<float>(expected[i]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[i])),
                    $"{what}: result {i} on {pool.Count} threads is not that of one thread.");
            }
        }
    }
}
