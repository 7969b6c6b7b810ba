using System.Diagnostics;
using System.Globalization;

namespace Pellucid.Bench.Sgemm;

/// <summary>
/// A native library of matrix products in a process of its own, with as many threads as cores. Between measurements it waits for a line,
/// and the pause after each lets its threads fall asleep.
/// </summary>
internal sealed class SgemmProcess : IDisposable
{
    private const int PauseMilliseconds = 40;

    private readonly Process _process;

    private SgemmProcess(Process process) => _process = process;

    internal static SgemmProcess? TryStart(string library, Action<string> log)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Pellucid.Bench.dll");
        ProcessStartInfo start = new("dotnet", ["exec", program, Argument, library]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string variable in new[] { "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS" })
        {
            start.Environment[variable] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        }

        if (library == "blis")
        {
            start.Environment["OMP_PROC_BIND"] = "true"; // unbound, its two threads now and then share a core, and few rows take ten times as long
        }

        Process process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() == "ready")
        {
            return new SgemmProcess(process);
        }

        process.Dispose();
        log($"Baseline {library} is absent: none of {string.Join(", ", SgemmLibrary.Files[library])} loads (bench/README.md says how to install it).");
        return null;
    }

    /// <summary>The argument with which this program becomes the other end.</summary>
    internal const string Argument = "--sgemm";

    /// <summary>Prepares a shape; says how the library will be called.</summary>
    internal string Prepare(int rows, int inputs, int outputs)
    {
        string call = Ask(string.Create(CultureInfo.InvariantCulture, $"shape {rows} {inputs} {outputs}"));
        Thread.Sleep(PauseMilliseconds);
        return call;
    }

    /// <summary>Seconds of a call.</summary>
    internal double Run()
    {
        double seconds = double.Parse(Ask("run"), CultureInfo.InvariantCulture);
        Thread.Sleep(PauseMilliseconds);
        return seconds;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The baseline ended early.");
    }
}
