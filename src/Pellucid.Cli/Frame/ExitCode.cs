namespace Pellucid.Cli.Frame;

/// <summary>What the program returns.</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int BadCommandLine = 2;
    internal const int Stopped = 130;
}
