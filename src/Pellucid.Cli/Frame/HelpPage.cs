using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Pellucid.Cli.Frame;

/// <summary>The usual help, followed by examples and by the JSON of the verb.</summary>
internal sealed class HelpPage(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        usual.MaxWidth = 140;
        usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        IReadOnlyList<string> examples = parseResult.CommandResult.Command switch
        {
            Verb verb => verb.Examples,
            Command group => [.. Verbs(group).Select(verb => verb.Examples[0])],
        };
        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine($"  {example}");
        }

        if (parseResult.CommandResult.Command is Verb { Json: string json })
        {
            output.WriteLine();
            output.WriteLine("With --json:");
            output.WriteLine($"  {json.ReplaceLineEndings($"{Environment.NewLine}  ")}");
        }

        return ExitCode.Done;
    }

    /// <summary>All verbs below a command.</summary>
    internal static IEnumerable<Verb> Verbs(Command command) =>
        command.Subcommands.SelectMany(sub => sub is Verb verb ? [verb] : Verbs(sub));
}
