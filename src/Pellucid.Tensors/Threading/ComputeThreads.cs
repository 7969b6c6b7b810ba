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

    /// <summary>
    /// Runs the parts of a job on these threads and the caller's, and returns when all have ended. Cut work by its size alone, never by
    /// <see cref="Count"/>, and let each part write what no other part touches: then the bits do not depend on the number of threads.
    /// </summary>
    /// <remarks>
    /// Parts run in any order. While the threads serve another caller, and inside a part of another job, everything runs on the caller, so
    /// that calls may be nested and never wait for each other; a part must not wait for another part. Make a part some ten microseconds of
    /// work or more. Spans cannot be captured: pass the arrays in <paramref name="state"/>, which also keeps them alive.
    /// </remarks>
    /// <param name="parts">How many parts, 0 or more.</param>
    /// <param name="state">What each part is given; with a static <paramref name="body"/> nothing is captured.</param>
    /// <param name="body">Takes the part, 0 to <paramref name="parts"/> − 1, and the state.</param>
    /// <typeparam name="TState">What the parts share.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">The number of parts is negative.</exception>
    /// <exception cref="Exception">The first exception of a part, as it was thrown; parts that had not begun may be left out.</exception>
    public static void For<TState>(int parts, TState state, Action<int, TState> body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        ArgumentNullException.ThrowIfNull(body);
        Workers.For(parts, state, body);
    }
}
