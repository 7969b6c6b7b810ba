using System.CommandLine;

namespace Pellucid.Cli.Frame;

/// <summary>
/// One thing that the program does: its arguments and options, added in the constructor, its help, and its work. A failure is an
/// exception; <see cref="CommandLine"/> turns it into one line and an exit code.
/// </summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Whole command lines that work as they stand, for the help page; a test parses them.</summary>
    internal abstract IReadOnlyList<string> Examples { get; }

    /// <summary>What <c>--json</c> prints, for the help page.</summary>
    internal abstract string Json { get; }

    /// <summary>Does the work and prints its result through the terminal, once.</summary>
    internal abstract Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken);
}
