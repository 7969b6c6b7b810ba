using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Pellucid.Bench.Contests;

namespace Pellucid.Bench.Processes;

/// <summary>
/// A process that says when it is ready and then answers each line with the seconds of one run and a check number. Between its turns it is
/// stopped by the system, so that its threads, which wait by spinning because that makes it fast, take nothing from the others' turns.
/// </summary>
internal sealed partial class AnsweringProcess : IDisposable
{
    private const int Tail = 5;

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    static AnsweringProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (Process process in Running.Values)
            {
                process.Kill();
            }
        };
    }

    private AnsweringProcess(Process process)
    {
        _process = process;
        Running[process.Id] = process;
        process.ErrorDataReceived += (sender, line) =>
        {
            _errors.Enqueue(line.Data ?? "");
            while (_errors.Count > Tail)
            {
                _errors.TryDequeue(out _);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it said after "ready": its version.</summary>
    internal string Version { get; private set; } = "";

    /// <summary>Starts a program and waits until it is ready; null, with the reason, where it is not there or ends before.</summary>
    internal static AnsweringProcess? TryStart(ProcessStartInfo start, out string reason)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        try
        {
            AnsweringProcess child = new(Process.Start(start)!);
            if (child._process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready", StringComparison.Ordinal))
            {
                (reason, child.Version) = ("", line[5..].Trim());
                Signals.Stop(child._process.Id);
                return child;
            }

            reason = child.End();
            child.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            reason = error.Message;
            return null;
        }
    }

    /// <summary>One run.</summary>
    /// <exception cref="InvalidOperationException">It ended.</exception>
    internal Turn Ask()
    {
        Signals.Continue(_process.Id);
        _process.StandardInput.WriteLine("run");
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The baseline ended early: {End()}");
        Signals.Stop(_process.Id);
        string[] parts = line.Split(' ');
        return new Turn(
            double.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : null);
    }

    public void Dispose()
    {
        Running.TryRemove(_process.Id, out _);
        if (!_process.HasExited)
        {
            Signals.Continue(_process.Id);
            _process.StandardInput.Close();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private string End()
    {
        _process.WaitForExit();
        return $"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {string.Join(" / ", _errors.Where(line => line.Length > 0))}";
    }
}
