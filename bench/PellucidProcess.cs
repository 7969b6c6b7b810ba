using System.Diagnostics;
using System.Globalization;

namespace Pellucid.Bench;

/// <summary>Runs the built command as a process of its own and measures its time and its peak memory.</summary>
internal static class PellucidProcess
{
    internal static (double Seconds, double PeakMegabytes) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "pellucid.dll");
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        double peak = 0;
        while (!process.WaitForExit(20))
        {
            peak = Math.Max(peak, PeakMegabytes(process));
        }

        return process.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(start).TotalSeconds, peak)
            : throw new InvalidOperationException($"pellucid {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}");
    }

    private static double PeakMegabytes(Process process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // it has just ended, or this is no Linux
        }
    }
}
