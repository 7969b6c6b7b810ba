using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// Pauses between tries: as long as the server asks, else 1, 2, 4, 8, 16 seconds; after five failures in a row it gives up. It is written here, and
/// not taken from a library of policies, because what counts as a failure depends on the bytes that a try brought.
/// </summary>
internal sealed class HubRetry(TimeProvider clock)
{
    private const int MostFailures = 5;

    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(10);

    private int _failures;

    /// <summary>Repeats some work until it does not run into trouble.</summary>
    internal static async Task<T> RunAsync<T>(TimeProvider clock, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        HubRetry retry = new(clock);
        while (true)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (HubTroubleException trouble)
            {
                await retry.PauseAsync(trouble, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Forgets the failures: the last try was worth its while.</summary>
    internal void Forget() => _failures = 0;

    /// <summary>Waits before the next try.</summary>
    /// <exception cref="PellucidException">There were too many, or the server asks to wait for too long.</exception>
    internal async Task PauseAsync(HubTroubleException trouble, CancellationToken cancellationToken)
    {
        if (++_failures > MostFailures)
        {
            throw new PellucidException($"{trouble.Message}, {_failures} times in a row. Run the same command again later; it goes on from what has come.", trouble);
        }

        TimeSpan pause = trouble.Wait ?? TimeSpan.FromSeconds(1 << (_failures - 1));
        if (pause > MostWait)
        {
            throw new PellucidException($"{trouble.Message}, and asks to wait for {Math.Ceiling(pause.TotalMinutes)} minutes. Run the same command again then; it goes on from what has come.", trouble);
        }

        await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
    }
}
