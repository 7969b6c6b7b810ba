using System.Collections.Concurrent;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>A clock whose pauses are over at once, and which remembers how long they should have been.</summary>
internal sealed class InstantClock : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _pauses = new();

    internal IReadOnlyList<double> Seconds => [.. _pauses.Select(pause => pause.TotalSeconds)];

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _pauses.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
