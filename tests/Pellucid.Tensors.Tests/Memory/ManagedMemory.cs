namespace Pellucid.Tensors.Tests.Memory;

/// <summary>Counts what code allocates on the managed heap.</summary>
internal static class ManagedMemory
{
    private const int WarmUp = 6;
    private const int Steps = 20;

    /// <summary>
    /// Bytes that one step allocates on this thread once warm. Another thread may make this one allocate: it takes a buffer's place, or a lock has to
    /// be made for two that meet. So the least of twenty steps counts, which a step that allocates by itself cannot bring to 0.
    /// </summary>
    internal static long OfAStep(Action<int> step)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            step(i);
        }

        long least = long.MaxValue;
        for (int i = WarmUp; i < WarmUp + Steps; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            step(i);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
