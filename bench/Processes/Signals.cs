using System.Runtime.InteropServices;

namespace Pellucid.Bench.Processes;

/// <summary>Stops a process where it is, and lets it go on; does nothing on systems other than Linux.</summary>
internal static partial class Signals
{
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    internal static void Stop(int process) => Send(process, SignalStop);

    internal static void Continue(int process) => Send(process, SignalContinue);

    private static void Send(int process, int signal)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Kill(process, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
