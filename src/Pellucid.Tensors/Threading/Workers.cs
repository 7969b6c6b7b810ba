using System.Globalization;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Threading;

/// <summary>
/// The process's one <see cref="WorkerPool"/>, made at the first use. Safe for many threads.
/// </summary>
internal static class Workers
{
    private const string Variable = "PELLUCID_THREADS";
    private const int Most = 1024;

    private static readonly Lazy<WorkerPool> Shared =
        new(() => new WorkerPool(ParseCount(Environment.GetEnvironmentVariable(Variable))));

    [ThreadStatic]
    private static WorkerPool? _substitute;

    internal static int Count => Pool.Count;

    private static WorkerPool Pool => _substitute ?? Shared.Value;

    /// <inheritdoc cref="WorkerPool.For{TState}"/>
    internal static void For<TState>(int parts, TState state, Action<int, TState> body)
    {
        if (MemoryPlan.Current is not null)
        {
            return;
        }

        if (parts == 1)
        {
            body(0, state);
            return;
        }

        Pool.For(parts, state, body);
    }

    /// <summary>Makes calls from this thread use <paramref name="pool"/> until the result is disposed.</summary>
    internal static IDisposable Use(WorkerPool pool)
    {
        Substitution scope = new(_substitute);
        _substitute = pool;
        return scope;
    }

    internal static int ParseCount(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return Math.Clamp(Environment.ProcessorCount, 1, Most);
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= Most)
        {
            return count;
        }

        throw new PellucidException($"{Variable} is '{value}', but it must be a number from 1 to {Most}. Set it to one, or unset it.");
    }

    private sealed class Substitution(WorkerPool? previous) : IDisposable
    {
        public void Dispose() => _substitute = previous;
    }
}
