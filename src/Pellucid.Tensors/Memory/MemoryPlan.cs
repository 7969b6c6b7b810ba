namespace Pellucid.Tensors.Memory;

/// <summary>
/// Goes through work on this thread without doing it, to learn what it holds at its peak: arrays are made and freed as the work makes and
/// frees them, from a pool of the plan's own, and kernels return at once. Memory that nobody writes to costs nothing but addresses.
/// Values are undefined, so work that depends on them cannot be planned.
/// </summary>
internal sealed class MemoryPlan : IDisposable
{
    [ThreadStatic]
    private static MemoryPlan? _current;

    private readonly BufferPool _pool = new(keeps: false);
    private readonly Dictionary<object, IDisposable> _held = [];
    private readonly MemoryPlan? _outer;

    private readonly bool _computes;

    private MemoryPlan(bool computes)
    {
        _computes = computes;
        _outer = _current;
        _current = this;
    }

    /// <summary>The plan that this thread goes through, if it does.</summary>
    internal static MemoryPlan? Current => _current is { _computes: false } plan ? plan : null;

    /// <summary>The pool that this thread takes its memory from.</summary>
    internal static BufferPool Pool => _current?._pool ?? BufferPool.Shared;

    /// <summary>Bytes that the work holds at its peak, beside what was there before.</summary>
    /// <exception cref="PellucidException">It asks for more than there may be in one array.</exception>
    /// <param name="work">The work.</param>
    /// <param name="computes">Whether kernels run all the same, which tells what the work really held.</param>
    internal static long PeakOf(Action work, bool computes)
    {
        using MemoryPlan plan = new(computes);
        work();
        return plan._pool.Peak;
    }

    /// <summary>What stands, for as long as the plan lasts, for something that the work would make once and keep.</summary>
    internal T Hold<T>(object owner, Func<T> make)
        where T : class, IDisposable
    {
        if (!_held.TryGetValue(owner, out IDisposable? held))
        {
            _held.Add(owner, held = make());
        }

        return (T)held;
    }

    public void Dispose()
    {
        foreach (IDisposable held in _held.Values)
        {
            held.Dispose();
        }

        _current = _outer;
    }
}
