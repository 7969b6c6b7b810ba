using System.Diagnostics;

namespace Pellucid.Explanations.Studies;

/// <summary>Times the stages of a study and passes on their progress.</summary>
internal sealed class Stages(IProgress<StageProgress>? progress)
{
    private readonly Dictionary<string, double> _seconds = [];

    internal IReadOnlyDictionary<string, double> Seconds => _seconds;

    internal async Task<T> RunAsync<T>(string stage, Func<IProgress<double>, Task<T>> work)
    {
        long started = Stopwatch.GetTimestamp();
        progress?.Report(new StageProgress(stage, 0));
        T result = await work(new Relay(stage, progress)).ConfigureAwait(false);
        _seconds[stage] = _seconds.GetValueOrDefault(stage) + Stopwatch.GetElapsedTime(started).TotalSeconds;
        progress?.Report(new StageProgress(stage, 1));
        return result;
    }

    internal Task<T> RunAsync<T>(string stage, Func<IProgress<double>, T> work) =>
        RunAsync(stage, relay => Task.Run(() => work(relay)));

    /// <summary>Passes a fraction on at once: order matters to whoever draws a bar.</summary>
    internal sealed class Relay(string stage, IProgress<StageProgress>? target) : IProgress<double>
    {
        public void Report(double value) => target?.Report(new StageProgress(stage, Math.Clamp(value, 0, 1)));

        /// <summary>Turns progress of another kind into fractions.</summary>
        internal static IProgress<T> From<T>(IProgress<double> relay, Func<T, double> fraction) => new Converter<T>(relay, fraction);
    }

    private sealed class Converter<T>(IProgress<double> relay, Func<T, double> fraction) : IProgress<T>
    {
        public void Report(T value) => relay.Report(fraction(value));
    }
}
