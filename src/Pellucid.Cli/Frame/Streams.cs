namespace Pellucid.Cli.Frame;

/// <summary>Where the program writes, and what it reads.</summary>
/// <param name="Output">Standard output, for results alone.</param>
/// <param name="Error">Standard error, for progress, tables and errors.</param>
/// <param name="IsTerminal">Whether a person watches standard error; nothing is animated or coloured otherwise.</param>
internal sealed record Streams(Stream Output, TextWriter Error, bool IsTerminal)
{
    /// <summary>Opens standard input, which most verbs never touch.</summary>
    internal Func<TextReader> Input { get; init; } = () => TextReader.Null;

    /// <summary>Whether a person types on standard input, so that questions are asked.</summary>
    internal bool IsTyped { get; init; }

    /// <summary>Columns of a table where nobody watches standard error.</summary>
    internal int Width { get; init; } = 200;

    /// <summary>What Ctrl-C does; null where there is none, as in tests.</summary>
    internal Interruption? Interruption { get; init; }
}
