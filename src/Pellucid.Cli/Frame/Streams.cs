namespace Pellucid.Cli.Frame;

/// <summary>Where the program writes.</summary>
/// <param name="Output">Standard output, for results alone.</param>
/// <param name="Error">Standard error, for progress, tables and errors.</param>
/// <param name="IsTerminal">Whether a person watches standard error; nothing is animated or coloured otherwise.</param>
internal sealed record Streams(Stream Output, TextWriter Error, bool IsTerminal);
