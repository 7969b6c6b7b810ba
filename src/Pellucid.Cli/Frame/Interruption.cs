using System.Runtime.InteropServices;

namespace Pellucid.Cli.Frame;

/// <summary>
/// Turns Ctrl-C and a polite kill into a cancelled token. Work that does not heed the token in time is left as it stands,
/// which loses nothing because files are renamed into place when they are whole; a second Ctrl-C does not wait at all.
/// </summary>
internal sealed class Interruption : IDisposable
{
    internal const string Message = "stopped; run the same command again";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private Timer? _timer;
    private Action? _instead;

    internal Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>Lets the next Ctrl-C do something else, once, in place of stopping the program; null takes that back.</summary>
    internal void Divert(Action? instead) => Interlocked.Exchange(ref _instead, instead);

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _timer?.Dispose();
        _source.Dispose();
    }

    private static void Leave()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\e[?25h"); // a progress bar may have hidden the cursor
        }

        Console.Error.WriteLine(Message);
        Environment.Exit(ExitCode.Stopped);
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGINT && Interlocked.Exchange(ref _instead, null) is { } instead)
        {
            instead();
            return;
        }

        if (Interlocked.CompareExchange(ref _timer, new Timer(static _ => Leave(), null, Patience, Timeout.InfiniteTimeSpan), null) is not null)
        {
            Leave();
        }

        _source.Cancel();
    }
}
