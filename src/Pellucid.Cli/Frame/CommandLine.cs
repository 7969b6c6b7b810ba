using System.CommandLine;
using System.CommandLine.Help;
using Pellucid.Cli.Verbs;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Frame;

/// <summary>The whole command line: its verbs, and what becomes of one invocation.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>The verbs, in the order of the help page.</summary>
    internal static RootCommand Root()
    {
        RootCommand root = new("Pellucid opens a neural network, finds what its parts compute, and tests it.")
        {
            new Quickstart(),
            new Generate(),
            new Harvest(),
            new Train(),
            new Evaluate(),
            new Explain(),
            new Chat(),
            new Tokenize(),
            new Embed(),
            new RunText(),
            new Compile(),
            new RunProgram(),
            new Command("toy", "Trains toy models of superposition, whose mechanism is known.")
            {
                new ToySuperposition(), new ToyPhaseDiagram(), new ToyGeometry(), new ToyCorrelated(), new ToyAbsoluteValue(), new ToyAdversarial(),
            },
            new Command("model", "Lists, gets and describes models.") { new ModelList(), new ModelPull(), new ModelShow() },
            new Command("plant", "Makes data and networks whose mechanism is known, and measures what is found of it.") { new PlantActivations(), new PlantMeasure(), new PlantRecovery(), new PlantNetwork() },
        };
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.Add(new Option<bool>("--version") { Description = "Name, version, commit and instruction set in use." });
        root.Options.Add(new Option<bool>("--json") { Description = "Print one JSON document on standard output.", Recursive = true });
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpPage((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Runs one command line and returns the exit code.</summary>
    internal static async Task<int> RunAsync(string[] arguments, Streams streams, CancellationToken cancellationToken)
    {
        RootCommand root = Root();
        ParseResult parse = root.Parse(arguments, Parsing);
        bool help = parse.Action is HelpPage;
        bool version = parse.CommandResult.Command == root && parse.GetValue<bool>("--version");
        if (CommandLineCheck.Problem(arguments, parse, complete: !help && !version) is { } problem)
        {
            streams.Error.WriteLine(OneLine(problem));
            return ExitCode.BadCommandLine;
        }

        Terminal terminal = new(streams, parse.GetValue<bool>("--json"));
        try
        {
            if (help)
            {
                WriteHelp(parse, streams);
            }
            else if (version)
            {
                VersionResult current = ProgramVersion.Current;
                terminal.Print(current, CliJson.Documents.VersionResult, current.ToString());
            }
            else
            {
                await ((Verb)parse.CommandResult.Command).ExecuteAsync(parse, terminal, cancellationToken);
            }

            return ExitCode.Done;
        }
        catch (Exception error)
        {
            return Report(error, streams, cancellationToken);
        }
    }

    private static void WriteHelp(ParseResult parse, Streams streams)
    {
        using StreamWriter writer = new(streams.Output, leaveOpen: true);
        parse.Invoke(new InvocationConfiguration { Output = writer, EnableDefaultExceptionHandler = false });
    }

    private static int Report(Exception error, Streams streams, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && error is OperationCanceledException)
        {
            streams.Error.WriteLine(Interruption.Message);
            return ExitCode.Stopped;
        }

        streams.Error.WriteLine(OneLine(error is PellucidException or IOException or UnauthorizedAccessException
            ? error.Message
            : $"Pellucid failed where it should not have: {error.GetType().Name}: {error.Message} Set PELLUCID_TRACE=1 to see where, and report it."));
        if (streams.IsTerminal && error is RaspException { Span: { } place } && place.Excerpt() is { } excerpt)
        {
            streams.Error.WriteLine(excerpt);
        }

        if (Environment.GetEnvironmentVariable("PELLUCID_TRACE") == "1")
        {
            streams.Error.WriteLine(error);
        }

        return ExitCode.Failed;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
