using System.CommandLine;
using System.Text.RegularExpressions;
using Pellucid.Cli.Frame;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>Holds docs/command-line.md against the program.</summary>
public sealed partial class DocumentationTests
{
    private static string Page => field ??= File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs", "command-line.md")).ReplaceLineEndings("\n");

    public static TheoryData<string> Verbs => [.. HelpPage.Verbs(CommandLine.Root()).Select(PathOf)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Page_EveryVerb_HasItsPartWithAnExampleAndEveryOption(string path)
    {
        Verb verb = HelpPage.Verbs(CommandLine.Root()).Single(verb => PathOf(verb) == path);
        string part = Part(path);
        Assert.Contains(Commands(part), command => command.StartsWith(path, StringComparison.Ordinal));
        Assert.All(verb.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal) && option.Name != "--help"), option =>
            Assert.Contains($"`{option.Name}", part, StringComparison.Ordinal));
        Assert.All(Keys().Matches(verb.Json).Select(match => match.Value), key => Assert.Contains(key.Trim('"'), part, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_EveryExample_Parses()
    {
        string[] commands = [.. Commands(Page).Where(command => command != "pellucid --version")];
        Assert.True(commands.Length > 10);
        Assert.All(commands, command =>
        {
            ParseResult parse = CommandLine.Root().Parse(command["pellucid ".Length..]);
            Assert.Empty(parse.Errors);
            Assert.True(parse.CommandResult.Command is Verb, command);
        });
    }

    /// <summary>The part of the page under the heading of a verb.</summary>
    private static string Part(string path)
    {
        int start = Page.IndexOf($"\n## {path}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/command-line.md has no part '## {path}'.");
        int end = Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? Page[start..] : Page[start..end];
    }

    private static IEnumerable<string> Commands(string text) =>
        Shell().Matches(text).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Where(line => line.StartsWith("pellucid ", StringComparison.Ordinal));

    private static string PathOf(Command verb) =>
        verb.Parents.OfType<Command>().SingleOrDefault() is { } group and not RootCommand ? $"pellucid {group.Name} {verb.Name}" : $"pellucid {verb.Name}";

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Pellucid.slnx")) ? folder : Root(Path.GetDirectoryName(folder)!);

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex("\"[a-z_0-9]+\"")]
    private static partial Regex Keys();
}
