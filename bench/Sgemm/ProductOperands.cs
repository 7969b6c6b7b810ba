using System.Diagnostics;
using Pellucid.Tensors;

namespace Pellucid.Bench.Sgemm;

/// <summary>The operands that every contender is given, and how long each is measured at a time.</summary>
internal static class ProductOperands
{
    // Threads that slept may at first share a core; calls are repeated for so long before they are timed.
    private const double WarmSeconds = 0.02;
    private const double TimedSeconds = 0.03;
    private const double LongSeconds = 0.1; // a call of so long is its own warming up

    private const long CacheBytes = 128L << 20; // four times the largest cache at hand

    /// <summary>How many copies of a matrix are used in turn, so that its next use finds it in memory only, as in a model.</summary>
    internal static int Copies(int inputs, int outputs) => (int)Math.Max(2, CacheBytes / ((long)inputs * outputs * sizeof(float)));

    /// <summary>[rows, columns], uniform in ±0.1.</summary>
    internal static Tensor Values(int rows, int columns)
    {
        Tensor result = Tensor.Empty(new Shape(rows, columns));
        SeededRandom random = new(1);
        foreach (ref float value in result.AsSpan())
        {
            value = (float)(random.NextDouble() - 0.5) * 0.2f;
        }

        return result;
    }

    /// <summary>Seconds of a call, the mean over those that fill the time, after others that are not timed; a long call is timed once.</summary>
    internal static double Time(Action call)
    {
        double seconds = Time(call, WarmSeconds);
        return seconds > LongSeconds ? seconds : Time(call, TimedSeconds);
    }

    private static double Time(Action call, double least)
    {
        int calls = 0;
        long start = Stopwatch.GetTimestamp();
        double seconds;
        do
        {
            call();
            calls++;
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (seconds < least);
        return seconds / calls;
    }
}
