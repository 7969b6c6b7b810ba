using System.CommandLine;
using System.Text.RegularExpressions;

namespace Pellucid.Cli.Frame;

/// <summary>Says in one line why a command line cannot be understood.</summary>
internal static partial class CommandLineCheck
{
    /// <summary>The reason, or null where there is none.</summary>
    /// <param name="arguments">The command line as typed.</param>
    /// <param name="parse">What was understood of it.</param>
    /// <param name="complete">Whether missing parts count too; they do not where help or the version is asked for.</param>
    internal static string? Problem(IReadOnlyList<string> arguments, ParseResult parse, bool complete)
    {
        Command command = parse.CommandResult.Command;
        string help = $"Run '{Path(parse)} --help'.";
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens.FirstOrDefault(token => !LooksLikeOption().IsMatch(token)) is { } verb)
        {
            return $"There is no verb '{verb}' in '{Path(parse)}'. Nearest: {Join(Spelling.Nearest(verb, command.Subcommands.Select(sub => sub.Name)))}. {help}";
        }

        if (UnknownOption(arguments, parse) is { } unknown)
        {
            string near = Join(Spelling.Nearest(unknown.Split('=')[0], Options(parse)));
            return $"There is no option '{unknown}' in '{Path(parse)}'. Nearest: {near}. Text that begins with '-' goes after '--' or an option's '='. {help}";
        }

        if (!complete)
        {
            return null;
        }

        if (command is not Verb)
        {
            return $"'{Path(parse)}' needs a verb: {Join(command.Subcommands.Select(sub => sub.Name))}. {help}";
        }

        return parse.Errors.Count == 0 ? null : $"{parse.Errors[0].Message.Trim()} {help}";
    }

    /// <summary>An option that nobody declared: the parser would take it for the value of an argument.</summary>
    private static string? UnknownOption(IReadOnlyList<string> arguments, ParseResult parse)
    {
        HashSet<string> known = [.. Options(parse)];
        return arguments.TakeWhile(argument => argument != "--")
            .FirstOrDefault(argument => LooksLikeOption().IsMatch(argument) && !known.Contains(argument.Split('=')[0]));
    }

    private static IEnumerable<string> Options(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        Command root = parse.RootCommandResult.Command;
        return command.Options.Concat(root.Options.Where(option => option.Recursive)).Distinct()
            .SelectMany(option => (string[])[option.Name, .. option.Aliases]);
    }

    private static string Path(ParseResult parse)
    {
        List<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? at = parse.CommandResult; at is System.CommandLine.Parsing.CommandResult result; at = at.Parent)
        {
            names.Insert(0, result.Command is RootCommand ? "pellucid" : result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);

    [GeneratedRegex(@"^(--?[A-Za-z][A-Za-z0-9-]*)(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex LooksLikeOption();
}
