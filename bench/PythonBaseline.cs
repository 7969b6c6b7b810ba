using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;

namespace Pellucid.Bench;

/// <summary>
/// A Python script under <c>Baselines/</c> that answers each line with the seconds of one run, so that it can be interleaved with our own
/// runs. It is set up for speed (<see cref="TunedEnvironment"/>) with the BLAS that it is given first in the library path.
/// </summary>
internal sealed class PythonBaseline : IDisposable
{
    internal const string OpenBlas = "openblas-openmp";
    internal const string Blis = "blis-openmp";

    internal static readonly string[] Pythons = [Environment.GetEnvironmentVariable("PELLUCID_BENCH_PYTHON") ?? "/usr/bin/python3", "python3"];

    private readonly AnsweringProcess _process;

    private PythonBaseline(AnsweringProcess process, string description) => (_process, Description) = (process, description);

    internal string Description { get; }

    internal static PythonBaseline? TryStart(string script, Action<string> log, params string[] arguments) =>
        TryStart(script, OpenBlas, log, arguments, out _);

    /// <summary>Starts a script with a BLAS; null, with the reason, where there is no Python with PyTorch.</summary>
    internal static PythonBaseline? TryStart(string script, string blas, Action<string> log, string[] arguments, out string reason)
    {
        reason = "";
        foreach (string python in Pythons)
        {
            ProcessStartInfo start = new(python, [Path.Combine(AppContext.BaseDirectory, "Baselines", script), .. arguments]);
            TunedEnvironment.Set(start, blas);
            if (AnsweringProcess.TryStart(start, out string why) is { } process)
            {
                return new PythonBaseline(
                    process, $"PyTorch {process.Version}, {Environment.ProcessorCount} threads, {blas}, {TunedEnvironment.Description}");
            }

            reason = reason.Length == 0 ? why : reason;
        }

        log($"Baseline {script} did not start: no Python with PyTorch was found (bench/README.md says how to install it). {reason}");
        return null;
    }

    /// <summary>The script as a contender, present or absent; what is started is added to what the case disposes.</summary>
    internal static Contender Contender(string name, string script, string blas, List<IDisposable> started, Action<string> log, params string[] arguments)
    {
        PythonBaseline? baseline = TryStart(script, blas, log, arguments, out string reason);
        if (baseline is null)
        {
            return new Contender(name, $"absent: {reason}", null);
        }

        started.Add(baseline);
        return new Contender(name, baseline.Description, baseline.Turn);
    }

    /// <summary>Seconds of one run.</summary>
    internal double Run() => Turn().Seconds;

    /// <summary>One run, with its check number.</summary>
    internal Turn Turn() => _process.Ask();

    public void Dispose() => _process.Dispose();
}
