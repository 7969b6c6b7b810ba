using System.Diagnostics;
using System.Globalization;

namespace Pellucid.Bench;

/// <summary>
/// A Python process that answers each line with the seconds of one run, so that a baseline can be interleaved with our own runs.
/// It is set up for speed: OpenMP build of OpenBLAS first in the library path, threads as many as cores, an allocator that keeps its memory.
/// </summary>
internal sealed class PythonBaseline : IDisposable
{
    private static readonly string[] Pythons = [Environment.GetEnvironmentVariable("PELLUCID_BENCH_PYTHON") ?? "/usr/bin/python3", "python3"];

    private readonly Process _process;

    private PythonBaseline(Process process, string description) => (_process, Description) = (process, description);

    internal string Description { get; }

    internal static PythonBaseline? TryStart(string script, Action<string> log, params string[] arguments)
    {
        foreach (string python in Pythons)
        {
            if (TryStart(python, Path.Combine(AppContext.BaseDirectory, "Baselines", script), arguments) is { } baseline)
            {
                return baseline;
            }
        }

        log($"Baseline {script} did not start: no Python with PyTorch was found (bench/README.md says how to install it).");
        return null;
    }

    internal double Run()
    {
        _process.StandardInput.WriteLine("run");
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The baseline ended early.");
        return double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static PythonBaseline? TryStart(string python, string script, string[] arguments)
    {
        ProcessStartInfo start = new(python, [script, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string key, string value) in new (string, string)[]
        {
            ("LD_LIBRARY_PATH", "/usr/lib/x86_64-linux-gnu/openblas-openmp"),
            ("OMP_NUM_THREADS", $"{Environment.ProcessorCount}"),
            ("OPENBLAS_NUM_THREADS", $"{Environment.ProcessorCount}"),
            ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
            ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
            ("MALLOC_TOP_PAD_", "1073741824"),
            ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"),
        })
        {
            start.Environment[key] = value;
        }

        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } ready && ready.StartsWith("ready", StringComparison.Ordinal))
            {
                return new PythonBaseline(process, $"PyTorch {ready[6..]}, {Environment.ProcessorCount} threads, OpenBLAS OpenMP, malloc tuned, huge pages");
            }

            process.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no such program: the next one is tried, and the absence is named in the result
        }
    }
}
