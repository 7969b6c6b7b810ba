using System.Text.RegularExpressions;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>Every block of docs/rasp.md does what its comments say.</summary>
public sealed partial class DocumentationTests
{
    /// <summary>The blocks.</summary>
    public static TheoryData<string> Blocks => [.. Block().Matches(Page()).Select(block => block.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Page_Block_GivesWhatItSays(string block)
    {
        if (Error().Match(block) is { Success: true } error)
        {
            Assert.Contains(error.Groups[1].Value, Assert.Throws<RaspException>(() => RaspText.Parse(block)).Message, StringComparison.Ordinal);
            return;
        }

        MatchCollection cases = Case().Matches(block);
        Assert.NotEmpty(cases);
        foreach (Match example in cases)
        {
            Value[] tokens = [.. example.Groups[1].Value.Split(' ').Select(Value.Parse)];
            CompileOptions options = new() { Vocabulary = [.. tokens.Distinct()], Length = tokens.Length };
            IReadOnlyList<Value> output = RaspText.Parse(block, options: options).Evaluate(tokens).Output;
            Assert.Equal(example.Groups[2].Value, string.Join(' ', output));
        }
    }

    [Fact]
    public void Page_HasBlocksOfEveryKind() => Assert.InRange(Blocks.Count, 10, 30);

    private static string Page()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pellucid.slnx")))
        {
            folder = folder.Parent;
        }

        string root = folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside of the repository, whose docs/rasp.md they read.");
        return File.ReadAllText(Path.Combine(root, "docs", "rasp.md")).ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^```rasp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^# error: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Error();

    [GeneratedRegex(@"^# (\S[^>\n]*?) -> (.*)$", RegexOptions.Multiline)]
    private static partial Regex Case();
}
