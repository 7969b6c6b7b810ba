using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>The real program, in processes of its own.</summary>
internal static partial class PellucidProcess
{
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;

    internal static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts it with variables of its own.</summary>
    internal static Process Start(IEnumerable<(string Name, string Value)> variables, string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "pellucid.dll");
        ProcessStartInfo start = new("dotnet", ["exec", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Starts it with a standard input that can be written to.</summary>
    internal static Process StartReading(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "pellucid.dll");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Runs to the end; it must succeed.</summary>
    /// <returns>What it wrote on standard output.</returns>
    internal static async Task<string> FinishAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    /// <summary>Kills it, as a power cut would, after a while.</summary>
    /// <returns>Whether it was still at work.</returns>
    internal static async Task<bool> KillAsync(TimeSpan after, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(after, TestContext.Current.CancellationToken));
        bool finished = process.HasExited;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(error, output);
        Assert.True(!finished || process.ExitCode == 0, "It failed by itself.");
        return !finished;
    }

    /// <summary>Presses Ctrl-C once a line that begins so has come on standard error; it must stop soon, say how to go on, and print nothing.</summary>
    internal static async Task InterruptAsync(string begin, params string[] arguments)
    {
        using Process process = Start(arguments);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line is not null && !line.StartsWith(begin, StringComparison.Ordinal));

        long sent = Stopwatch.GetTimestamp();
        Interrupt(process);
        string last = (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd().Split('\n')[^1];
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // The promise is one second; the other one is for a machine that runs other tests at the same time.
        Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 0, 2);
        Assert.Equal((130, Cli.Frame.Interruption.Message), (process.ExitCode, last));
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// Sends what Ctrl-C sends. A process that was started in the background of a shell without job control ignores that from birth, so
    /// there it gets the polite kill, which the program treats the same.
    /// </summary>
    internal static void Interrupt(Process process) =>
        Assert.Equal(0, Kill(process.Id, IgnoresInterrupts(process) ? TerminateSignal : InterruptSignal));

    internal static bool IgnoresInterrupts(Process process)
    {
        string status = $"/proc/{process.Id}/status";
        string? ignored = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return ignored is not null && (ulong.Parse(ignored.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (InterruptSignal - 1))) != 0;
    }

    /// <summary>Hash of every file below a folder but run.json, which holds times; a partial file is an error.</summary>
    internal static SortedDictionary<string, string> Contents(string folder)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "run.json"))
        {
            Assert.DoesNotContain("partial", Path.GetFileName(file), StringComparison.Ordinal);
            hashes[Path.GetRelativePath(folder, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return hashes;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
