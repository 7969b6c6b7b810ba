using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors;

/// <summary>
/// The threads that kernels run on. Results do not depend on their number: work is cut by the size of the problem. Safe for many threads.
/// </summary>
public static class ComputeThreads
{
    /// <summary>
    /// Threads that one kernel may use, the caller included: the processor count, or what <c>PELLUCID_THREADS</c> (1 to 1024) says.
    /// </summary>
    /// <exception cref="PellucidException"><c>PELLUCID_THREADS</c> is not a number from 1 to 1024.</exception>
    public static int Count => Workers.Count;
}
