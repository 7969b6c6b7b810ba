using System.Globalization;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>
/// The native memory that arrays of this process hold, and how much there may be. Work that knows its peak asks here before it begins, so
/// that an order which cannot fit is refused at once instead of ending the process half-way. Safe for many threads.
/// </summary>
public static class ComputeMemory
{
    private const string Variable = "PELLUCID_MEMORY_GB";

    private static readonly Lazy<long> Machine = new(() => ParseLimit(Environment.GetEnvironmentVariable(Variable)));

    [ThreadStatic]
    private static long? _forced;

    /// <summary>Bytes that arrays hold now, blocks that wait for their next use left out.</summary>
    public static long Live => BufferPool.Shared.Live;

    /// <summary>The most bytes that arrays held at once since the process began, or since <see cref="ResetPeak"/>.</summary>
    public static long Peak => BufferPool.Shared.Peak;

    /// <summary>
    /// Bytes that arrays may hold: what the machine, or the container, lets the process have, or <c>PELLUCID_MEMORY_GB</c> in units of 10⁹ bytes.
    /// </summary>
    /// <exception cref="PellucidException"><c>PELLUCID_MEMORY_GB</c> is not a positive number.</exception>
    public static long Limit => _forced ?? Machine.Value;

    /// <summary>Lets <see cref="Peak"/> count from now on.</summary>
    public static void ResetPeak() => BufferPool.Shared.ResetPeak();

    /// <summary>
    /// What some work over <see cref="Ops"/> holds at its peak, in bytes beside what is held before: the work is gone through once without
    /// computing, on arrays of undefined values.
    /// </summary>
    /// <param name="work">The work: what it does must not depend on the values of arrays, nor change anything outside.</param>
    /// <exception cref="PellucidException">One of its arrays alone would be more than there may be.</exception>
    public static long PeakOf(Action work) => MemoryPlan.PeakOf(work, computes: false);

    /// <summary>Does some work over <see cref="Ops"/> and returns what it held at its peak, in bytes; for work whose arrays are made on this thread.</summary>
    /// <param name="work">The work. Arrays that it leaves behind live on.</param>
    public static long Measure(Action work) => MemoryPlan.PeakOf(work, computes: true);

    /// <summary>Refuses work that cannot fit.</summary>
    /// <param name="bytes">What the work holds at its peak, beside what is held already.</param>
    /// <param name="work">What it is, to begin the message with: <c>A run of 8 sequences of 1024 tokens</c>.</param>
    /// <param name="advice">What to do instead, a sentence.</param>
    /// <exception cref="PellucidException">It would hold more than there may be.</exception>
    public static void Require(long bytes, string work, string advice)
    {
        long free = Math.Max(0, Limit - Live);
        if (bytes > free)
        {
            throw new PellucidException(string.Create(
                CultureInfo.InvariantCulture,
                $"{work} needs {bytes / 1e9:F2} GB at its peak; {free / 1e9:F2} GB of {Limit / 1e9:F2} GB are free. {advice}"));
        }
    }

    /// <summary>Makes this thread see another <see cref="Limit"/> until the result is disposed.</summary>
    /// <param name="bytes">Bytes that arrays may hold.</param>
    public static IDisposable LimitTo(long bytes)
    {
        Forced scope = new(_forced);
        _forced = bytes;
        return scope;
    }

    internal static long ParseLimit(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }

        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double gigabytes) && gigabytes is > 0 and < 1e9
            ? (long)(gigabytes * 1e9)
            : throw new PellucidException($"{Variable} is '{value}', but it must be a positive number of gigabytes. Set it to one, or unset it.");
    }

    private sealed class Forced(long? previous) : IDisposable
    {
        public void Dispose() => _forced = previous;
    }
}
