using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Pellucid.Tensors.Threading;

/// <summary>
/// Background threads that run the parts of one job at a time, beside the thread that asked. A worker that has finished spins for a
/// hundred microseconds, since the next kernel of a forward pass usually follows at once, then sleeps. Safe for many threads.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // Waking a thread that sleeps takes some ten microseconds, and between the large products of a token there are a few times as many.
    private const double SpinSeconds = 100e-6;
    private const int SpinsBetweenLooks = 32; // at the clock
    private const int SpinsBeforeYield = 2000; // of a caller whose last part is running elsewhere

    [ThreadStatic]
    private static bool _inside;

    private readonly Worker[] _workers;
    private Job? _job;
    private int _busy;
    private bool _disposed;

    internal WorkerPool(int count)
    {
        Count = count;
        _workers = new Worker[count - 1];
        for (int index = 0; index < _workers.Length; index++)
        {
            Worker worker = new();
            _workers[index] = worker;
            Thread thread = new(() => Serve(worker)) { IsBackground = true, Name = $"Pellucid worker {index + 1}" };
            thread.Start();
        }
    }

    /// <summary>Threads that a job may use, the caller included.</summary>
    internal int Count { get; }

    /// <summary>
    /// Calls <paramref name="body"/> once for every part in 0..<paramref name="parts"/>, in any order, and returns when all have ended.
    /// Where the pool already serves another caller, or the caller is itself inside a part, everything runs on the caller.
    /// The first exception of a part is thrown again here; parts that have not begun by then may be left out.
    /// </summary>
    internal void For<TState>(int parts, TState state, Action<int, TState> body)
    {
        if (parts > 1 && _workers.Length > 0 && !_inside && Interlocked.CompareExchange(ref _busy, 1, 0) == 0)
        {
            try
            {
                Job<TState> job = Job<TState>.OfThisThread;
                job.Arm(parts, state, body);
                try
                {
                    Share(job);
                }
                finally
                {
                    job.Disarm();
                }
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }

            return;
        }

        for (int part = 0; part < parts; part++)
        {
            body(part, state);
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        foreach (Worker worker in _workers)
        {
            worker.Gate.Release();
        }
    }

    private void Share(Job job)
    {
        Interlocked.Exchange(ref _job, job);
        int helpers = Math.Min(_workers.Length, job.Parts - 1);
        for (int index = 0; index < helpers; index++)
        {
            _workers[index].Wake();
        }

        _inside = true;
        job.Work(); // what a part throws is kept in the job
        _inside = false;
        for (int spins = 0; !job.Finished; spins++)
        {
            if (spins < SpinsBeforeYield)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield(); // the worker may be waiting for this core
            }
        }

        Volatile.Write(ref _job, null); // lets go of what the job refers to
        job.ThrowIfFailed();
    }

    private void Serve(Worker worker)
    {
        _inside = true;
        int spins = 0;
        long since = Stopwatch.GetTimestamp();
        while (!Volatile.Read(ref _disposed))
        {
            Job? job = Volatile.Read(ref _job);
            if (job is { HasParts: true })
            {
                job.Work();
                (spins, since) = (0, Stopwatch.GetTimestamp());
            }
            else if (++spins % SpinsBetweenLooks != 0 || Stopwatch.GetElapsedTime(since).TotalSeconds < SpinSeconds)
            {
                Thread.SpinWait(1);
            }
            else
            {
                worker.Sleep(ref _job);
                (spins, since) = (0, Stopwatch.GetTimestamp());
            }
        }
    }

    private sealed class Worker
    {
        private int _asleep;

        internal SemaphoreSlim Gate { get; } = new(0);

        /// <summary>Sleeps until woken, unless a job with work appeared between the last look and the promise to sleep.</summary>
        internal void Sleep(ref Job? current)
        {
            Interlocked.Exchange(ref _asleep, 1);
            if (Volatile.Read(ref current) is { HasParts: true } && Interlocked.Exchange(ref _asleep, 0) == 1)
            {
                return;
            }

            Gate.Wait();
        }

        internal void Wake()
        {
            if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
            {
                Gate.Release();
            }
        }
    }

    /// <summary>
    /// A job is used again and again by the thread that it belongs to. A worker that comes late draws a number beyond the last part, or the
    /// next part of the job's next use, and both are right: between two uses the next number is beyond every part, and it goes back to 0 only
    /// when all the rest is in place.
    /// </summary>
    private abstract class Job
    {
        private const int Idle = int.MaxValue / 2;

        private int _parts;
        private int _next = Idle;
        private int _done;
        private ExceptionDispatchInfo? _failure;

        internal int Parts => _parts;

        internal bool HasParts => Volatile.Read(ref _next) < Volatile.Read(ref _parts);

        internal bool Finished => Volatile.Read(ref _done) == _parts;

        internal void Work()
        {
            while (HasParts)
            {
                int part = Interlocked.Increment(ref _next) - 1;
                if (part >= Volatile.Read(ref _parts))
                {
                    return;
                }

                try
                {
                    if (Volatile.Read(ref _failure) is null)
                    {
                        Run(part);
                    }
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
                }
                finally
                {
                    Interlocked.Increment(ref _done);
                }
            }
        }

        internal void ThrowIfFailed() => _failure?.Throw();

        internal virtual void Disarm() => Volatile.Write(ref _next, Idle);

        protected void Arm(int parts)
        {
            (_failure, _done) = (null, 0);
            Volatile.Write(ref _parts, parts);
            Volatile.Write(ref _next, 0);
        }

        protected abstract void Run(int part);
    }

    private sealed class Job<TState> : Job
    {
        [ThreadStatic]
        private static Job<TState>? _ofThisThread;

        private TState _state = default!;
        private Action<int, TState> _body = null!;

        internal static Job<TState> OfThisThread => _ofThisThread ??= new Job<TState>();

        internal void Arm(int parts, TState state, Action<int, TState> body)
        {
            (_state, _body) = (state, body);
            Arm(parts);
        }

        internal override void Disarm()
        {
            base.Disarm();
            (_state, _body) = (default!, null!); // lets go of what they refer to
        }

        protected override void Run(int part) => _body(part, _state);
    }
}
